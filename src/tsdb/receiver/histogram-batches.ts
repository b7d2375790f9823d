/**
 * Native histograms of a decoded body, dealt out to shards slice by slice behind its samples. To a
 * shard they are samples with tagged values and the bytes beside; a stale marker is the one of
 * floats. Rows were placed when their samples were dealt out, so a series whose ref is known goes by
 * it, and any other by its labels.
 */
import { OWNER_INVALID, OWNER_KNOWN, OWNER_UNPLACED } from "#kernels/layout/route-layout.ts";
import { writeHistogramTagAt } from "#chunk/histogram/histogram-tag.ts";
import { describeSeries } from "#model/canonical-labels.ts";
import { shardOfPlacement, type PlacementOptions } from "#model/placement.ts";
import { shardId, type ShardId } from "#model/refs.ts";
import { STALE_NAN_HIGH, STALE_NAN_LOW } from "#model/staleness.ts";
import type { Rejection } from "#storage/body-appender.ts";
import { VERDICT_HISTOGRAM_INVALID, VERDICT_LABELS_INVALID } from "#storage/verdict.ts";
import { SLICE_LABEL_BYTES_MAX } from "./batch-router.ts";
import { ID_UNKNOWN, type BodyDecoder, type DecodedBody } from "./body-decoder.ts";
import { PendingHistograms, type HistogramBatch } from "./pending-histograms.ts";
import type { RowRouter } from "./row-router.ts";

/** Items looked at per slice: a histogram takes some microseconds, and others wait. */
const SLICE_ITEMS_MAX = 1024;
/** Of the columns of a batch. */
const SAMPLE_BYTES = 32;

export type RefuseHistogram = (rejection: Rejection) => void;

export interface HistogramBatchesOptions {
  readonly decoder: BodyDecoder;
  readonly router: RowRouter;
  readonly placement: PlacementOptions;
  readonly shardCount: number;
}

/** Where a histogram goes: by ref, or by label entry when that is -1. */
interface HistogramPlace {
  readonly pending: PendingHistograms;
  readonly ref: number;
  readonly entry: number;
  /** Read for it just now. */
  readonly labelBytes: number;
}

export class HistogramBatches {
  readonly #options: HistogramBatchesOptions;
  readonly #fingerprint = new Uint32Array(2);
  readonly #placement = new Uint32Array(2);
  readonly #value = new Uint32Array(2);
  #pending = new Map<ShardId, PendingHistograms>();
  #count = 0;
  #next = 0;

  constructor(options: HistogramBatchesOptions) {
    this.#options = options;
  }

  /** The decoder has a new body. */
  start({ histogramCount, itemCount }: DecodedBody): void {
    this.#count = histogramCount === 0 ? 0 : itemCount;
    this.#next = 0;
  }

  get isDone(): boolean {
    return this.#next === this.#count;
  }

  /** The batches of the next slice; `refuse` hears of every histogram that goes nowhere. */
  slice(decoded: DecodedBody, refuse: RefuseHistogram): readonly HistogramBatch[] {
    const { items } = this.#options.decoder;
    const end = Math.min(this.#count, this.#next + SLICE_ITEMS_MAX);
    for (let bytes = 0; this.#next < end && bytes < SLICE_LABEL_BYTES_MAX; this.#next++) {
      if (items.isHistogram(this.#next)) bytes += this.#add(decoded, this.#next, refuse);
    }
    const batches = [...this.#pending.values()].map((pending) => pending.batch());
    this.#pending = new Map();
    return batches;
  }

  /** The bytes that it adds to the slice. */
  #add(decoded: DecodedBody, index: number, refuse: RefuseHistogram): number {
    const { decoder } = this.#options;
    const row = decoder.items.row(index);
    const found = decoder.items.histogram(index);
    if (found.kind === "invalid") {
      const labels = decoder.canonicalise(row);
      refuse({
        verdict: VERDICT_HISTOGRAM_INVALID,
        series: labels.kind === "valid" ? describeSeries(labels.bytes) : "",
        timestampMs: found.timestampMs,
        detail: found.reason,
      });
      return 0;
    }
    const place = this.#placeOf(decoded, row);
    if (typeof place === "string") {
      const { timestampMs } = found;
      refuse({ verdict: VERDICT_LABELS_INVALID, series: "", timestampMs, detail: place });
      return 0;
    }
    const item = found.kind === "histogram" ? found.item : null;
    const value = this.#value;
    if (item !== null) writeHistogramTagAt(value, 0, item);
    else value.set([STALE_NAN_LOW, STALE_NAN_HIGH]);
    const { pending, ref, entry, labelBytes } = place;
    if (ref >= 0) pending.addKnown(ref, found.timestampMs, value, item);
    else pending.addLabelled(entry, found.timestampMs, value, item);
    return SAMPLE_BYTES + labelBytes + (item?.length ?? 0);
  }

  /** A text when the labels are not acceptable: why. */
  #placeOf(decoded: DecodedBody, row: number): HistogramPlace | string {
    const { decoder, router, shardCount } = this.#options;
    const id = decoded.ids[row]!;
    const state = id === ID_UNKNOWN ? OWNER_UNPLACED : router.state(id);
    if (state === OWNER_KNOWN) {
      const pending = this.#pendingOf(shardId(router.shard(id)));
      return { pending, ref: router.ref(id), entry: -1, labelBytes: 0 };
    }
    if (state !== OWNER_UNPLACED && state !== OWNER_INVALID) {
      const pending = this.#pendingOf(shardId(router.shard(id)));
      const entry = pending.entryOf(row);
      if (entry >= 0) return { pending, ref: -1, entry, labelBytes: 0 };
    }
    const labels = decoder.canonicalise(row);
    if (labels.kind === "invalid") return labels.reason;
    const { bytes } = labels;
    const [fingerprint, placement] = [this.#fingerprint, this.#placement];
    decoder.hashSeries(this.#options.placement, fingerprint, placement);
    const shard = shardOfPlacement(placement[1]!, shardCount);
    if (id !== ID_UNKNOWN && state === OWNER_UNPLACED) router.place(id, shard);
    const pending = this.#pendingOf(shard);
    const entry = pending.addEntry(row, id, bytes, fingerprint, placement);
    return { pending, ref: -1, entry, labelBytes: labels.sourceBytes };
  }

  #pendingOf(shard: ShardId): PendingHistograms {
    const known = this.#pending.get(shard);
    if (known !== undefined) return known;
    const pending = new PendingHistograms(shard);
    this.#pending.set(shard, pending);
    return pending;
  }
}
