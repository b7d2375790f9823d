/**
 * Sits between a receiver and its decoder and sums up every row that comes out: what the shards
 * must get, taken before the receiver has had a hand in it.
 */
import { SeriesHasher, shardOfPlacement } from "#model/placement.ts";
import type { PlacementOptions } from "#model/placement.ts";
import { tenantId } from "#model/refs.ts";
import type { BodyOptions } from "#storage/body-appender.ts";
import type { BodyDecoder, CanonicalLabels, DecodedBody } from "#tsdb/receiver/body-decoder.ts";
import type { ItemReader } from "#tsdb/receiver/item-reader.ts";
import type { RowRouter } from "#tsdb/receiver/row-router.ts";
import { decodedHistograms } from "./decoded-histograms.ts";
import { SampleDigest } from "./sample-digest.ts";

export class RowWatcher implements BodyDecoder {
  readonly #decoder: BodyDecoder;
  readonly #hasher: SeriesHasher;
  readonly #shardCount: number;
  readonly #spoil: ((decoded: DecodedBody) => void) | undefined;
  readonly #hashes = new Uint32Array(4);
  /** Samples of rows with valid labels since `reset`, by shard and series. */
  digest: SampleDigest = new SampleDigest();
  /** Everything else: samples of rows with bad labels, bad histograms, and series of nothing. */
  refused = 0;
  /** Those whose refusal senders are told of. */
  exemplars = 0;
  decodes = 0;

  constructor(
    decoder: BodyDecoder,
    placement: PlacementOptions,
    shardCount: number,
    spoil?: (decoded: DecodedBody) => void,
  ) {
    this.#spoil = spoil;
    this.#decoder = decoder;
    this.#hasher = new SeriesHasher(placement);
    this.#shardCount = shardCount;
  }

  reset(): void {
    this.digest = new SampleDigest();
    this.refused = 0;
    this.exemplars = 0;
    this.decodes = 0;
  }

  get items(): ItemReader {
    return this.#decoder.items;
  }

  decode(body: Uint8Array, options: BodyOptions): DecodedBody {
    const decoded = this.#decoder.decode(body, options);
    this.#spoil?.(decoded);
    this.decodes++;
    this.refused += decoded.emptySeriesCount;
    if (options.format === "remote-write-2") this.exemplars += decoded.exemplarCount;
    for (let row = 0; row < decoded.rowCount; row++) this.#add(decoded, row);
    for (const { row, sample } of decodedHistograms(this, decoded)) {
      const name = sample === null ? null : this.#nameOf(row);
      if (sample === null || name === null) this.refused++;
      else this.digest.add(name, sample.timestampMs, sample.low, sample.high);
    }
    return decoded;
  }

  #add(decoded: DecodedBody, row: number): void {
    const first = decoded.sampleStarts[row]!;
    const end = decoded.sampleStarts[row + 1]!;
    if (first === end) return;
    const name = this.#nameOf(row);
    if (name === null) {
      this.refused += end - first;
      return;
    }
    const { timestamps, valueWords: words } = decoded;
    for (let i = first; i < end; i++) {
      this.digest.add(name, timestamps[i]!, words[2 * i]!, words[2 * i + 1]!);
    }
  }

  /** Of its shard and series; null when its labels are not acceptable. */
  #nameOf(row: number): number | null {
    const labels = this.#decoder.canonicalise(row);
    if (labels.kind === "invalid") return null;
    const { bytes } = labels;
    const hashes = this.#hashes;
    this.#hasher.hash(tenantId(0), bytes, 0, bytes.length, hashes, hashes.subarray(2), 0);
    return hashes[0]! ^ shardOfPlacement(hashes[3]!, this.#shardCount);
  }

  remember(row: number): number {
    return this.#decoder.remember(row);
  }

  hashSeries(options: PlacementOptions, fingerprint: Uint32Array, placement: Uint32Array): void {
    this.#decoder.hashSeries(options, fingerprint, placement);
  }

  rowRouter(shardLogs: Uint16Array): RowRouter {
    return this.#decoder.rowRouter(shardLogs);
  }

  learnOrder(): void {
    this.#decoder.learnOrder();
  }

  isFull(): boolean {
    return this.#decoder.isFull();
  }

  forget(): void {
    this.#decoder.forget();
  }

  get identityBytes(): number {
    return this.#decoder.identityBytes;
  }

  canonicalise(row: number): CanonicalLabels {
    return this.#decoder.canonicalise(row);
  }
}
