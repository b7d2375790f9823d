/**
 * Exemplars and metadata of a decoded body, dealt out to shards slice by slice behind its samples. An
 * exemplar goes where its series is; metadata goes where a series of the bare metric name would be.
 * Metadata that a shard has made durable once is not sent again: senders repeat it with every body.
 */
import {
  describeSeries,
  encodeLabels,
  textLengthAt,
  textLengthBytes,
} from "#model/canonical-labels.ts";
import { labelsOf, METRIC_NAME } from "#model/labels.ts";
import { SeriesHasher, shardOfPlacement, type PlacementOptions } from "#model/placement.ts";
import { TIMESTAMP_MS_MAX, TIMESTAMP_MS_MIN, type ShardId, type TenantId } from "#model/refs.ts";
import type { EncodedItems } from "#storage/append-batch.ts";
import { METRIC_TYPES } from "#storage/metric-metadata.ts";
import { encodeExemplarItem } from "#storage/exemplar-item.ts";
import { encodeMetadataItem } from "#storage/metadata-item.ts";
import { SLICE_LABEL_BYTES_MAX } from "./batch-router.ts";
import type { ItemReader } from "./item-reader.ts";

/** Items of one slice: each takes some microseconds, and others wait. */
const SLICE_ITEMS_MAX = 1024;
/** As Prometheus has it: names and values of an exemplar together. */
const EXEMPLAR_CHARACTERS_MAX = 128;
/** Longer texts are not kept; values of labels end there too. */
const METADATA_TEXT_BYTES_MAX = 4096;
/** Metadata known to be durable; then all of it is sent once more. */
const DURABLE_MAX = 65_536;

export interface ItemBatch {
  readonly shard: ShardId;
  readonly exemplars: EncodedItems | null;
  readonly metadata: EncodedItems | null;
  /** What to call durable when the batch is. */
  readonly metadataHashes: readonly number[];
}

/** `series` is empty when it is not known. */
export type RefuseExemplar = (reason: string, series: string) => void;

interface Pending {
  readonly exemplars: Uint8Array[];
  readonly metadata: Uint8Array[];
  readonly metadataHashes: number[];
}

export class ItemBatches {
  readonly #reader: ItemReader;
  readonly #hasher: SeriesHasher;
  readonly #shardCount: number;
  readonly #durable = new Set<number>();
  readonly #fingerprint = new Uint32Array(2);
  readonly #placement = new Uint32Array(2);
  #pending = new Map<ShardId, Pending>();
  #tenant: TenantId = 0 as TenantId;
  #count = 0;
  #next = 0;

  constructor(reader: ItemReader, placement: PlacementOptions, shardCount: number) {
    this.#reader = reader;
    this.#hasher = new SeriesHasher(placement);
    this.#shardCount = shardCount;
  }

  /** The decoder has a new body, with `count` things found in it. */
  start(count: number, tenant: TenantId): void {
    this.#count = count;
    this.#tenant = tenant;
    this.#next = 0;
  }

  get isDone(): boolean {
    return this.#next === this.#count;
  }

  /** The batches of the next slice; `refuse` is told why an exemplar goes nowhere, and its series. */
  slice(refuse: RefuseExemplar): readonly ItemBatch[] {
    const end = Math.min(this.#count, this.#next + SLICE_ITEMS_MAX);
    for (let bytes = 0; this.#next < end && bytes < SLICE_LABEL_BYTES_MAX; this.#next++) {
      if (this.#reader.isExemplar(this.#next)) bytes += this.#addExemplar(this.#next, refuse);
      else if (this.#reader.isMetadata(this.#next)) bytes += this.#addMetadata(this.#next);
    }
    const pending = this.#pending;
    this.#pending = new Map();
    return [...pending].map(([shard, { exemplars, metadata, metadataHashes }]) => ({
      shard,
      exemplars: itemsOf(exemplars),
      metadata: itemsOf(metadata),
      metadataHashes,
    }));
  }

  noteDurable(metadataHashes: readonly number[]): void {
    if (this.#durable.size + metadataHashes.length > DURABLE_MAX) this.#durable.clear();
    for (const hash of metadataHashes) this.#durable.add(hash);
  }

  /** The bytes that it adds to the slice. */
  #addExemplar(index: number, refuse: RefuseExemplar): number {
    const found = this.#reader.exemplar(index);
    if (typeof found === "string") {
      refuse(found, "");
      return 0;
    }
    const fault = faultOf(found.labels, found.timestampMs);
    if (fault !== null) {
      refuse(fault, describeSeries(found.series));
      return 0;
    }
    const bytes = encodeExemplarItem(found);
    this.#pendingOf(this.#shardOf(found.series)).exemplars.push(bytes);
    return bytes.length;
  }

  #addMetadata(index: number): number {
    const hash = this.#reader.hash(index, this.#tenant);
    if (this.#durable.has(hash)) return 0;
    const found = this.#reader.metadata(index);
    if (found === null) return 0;
    const { name, help, unit } = found;
    const isLong = [name, help, unit].some((text) => text.length > METADATA_TEXT_BYTES_MAX);
    if (name.length === 0 || isLong) return 0;
    const type = METRIC_TYPES[found.type] === undefined ? 0 : found.type;
    const bytes = encodeMetadataItem({ type, name, help, unit });
    const metric = Buffer.from(name).toString("utf8");
    const shard = this.#shardOf(encodeLabels(labelsOf([[METRIC_NAME, metric]])));
    const pending = this.#pendingOf(shard);
    pending.metadata.push(bytes);
    pending.metadataHashes.push(hash);
    return bytes.length;
  }

  #pendingOf(shard: ShardId): Pending {
    const known = this.#pending.get(shard);
    if (known !== undefined) return known;
    const pending = { exemplars: [], metadata: [], metadataHashes: [] };
    this.#pending.set(shard, pending);
    return pending;
  }

  #shardOf(labels: Uint8Array): ShardId {
    const [fingerprint, placement] = [this.#fingerprint, this.#placement];
    this.#hasher.hash(this.#tenant, labels, 0, labels.length, fingerprint, placement, 0);
    return shardOfPlacement(placement[1]!, this.#shardCount);
  }
}

/** What no shard would take, or null. */
function faultOf(labels: Uint8Array, timestampMs: number): string | null {
  const characters = labelCharacters(labels);
  if (characters > EXEMPLAR_CHARACTERS_MAX) {
    return `labels of ${characters} characters, want at most ${EXEMPLAR_CHARACTERS_MAX}`;
  }
  const isInRange = timestampMs >= TIMESTAMP_MS_MIN && timestampMs <= TIMESTAMP_MS_MAX;
  return isInRange ? null : "timestamp outside [-2^52, 2^52) ms";
}

function labelCharacters(canonical: Uint8Array): number {
  let characters = 0;
  for (let at = 0; at < canonical.length;) {
    const length = textLengthAt(canonical, at);
    at += textLengthBytes(length);
    // Every byte of UTF-8 that does not go on with a character begins one.
    for (const end = at + length; at < end; at++)
      if ((canonical[at]! & 0xc0) !== 0x80) characters++;
  }
  return characters;
}

function itemsOf(items: readonly Uint8Array[]): EncodedItems | null {
  if (items.length === 0) return null;
  return { count: items.length, bytes: new Uint8Array(Buffer.concat(items)) };
}
