/**
 * A consistent view of one shard: every sample is in exactly one part of it. Reading is by cursors
 * that give slices of bounded size, so the worker goes on ingesting between two slices. Slices are
 * plain typed arrays that can be transferred to a query worker.
 */
import type { Matcher } from "#model/matcher.ts";
import type { TenantId } from "#model/refs.ts";
import type { GenerationCursor } from "./head-generation.ts";
import type { HistogramColumn } from "./histogram-column.ts";
import type { TimeRange } from "./queryable.ts";

/** Upper bound of encoded bytes per slice: <= 1 ms of copying, so ingest waits no longer. */
export const SLICE_BYTES_MAX: number = 256 * 1024;

export interface ShardSelect extends TimeRange {
  readonly tenant: TenantId;
  readonly matchers: readonly Matcher[];
  /** False asks for label sets only (series, labels, label values). */
  readonly withSamples: boolean;
}

/** Series with canonical label bytes; otherwise as `SeriesBatch`. Owned by the receiver. */
export interface SeriesSlice {
  readonly seriesCount: number;
  readonly labelStart: Uint32Array;
  readonly labelBytes: Uint8Array;
  readonly sampleStart: Uint32Array;
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
  /** Null when no sample of the slice is a histogram. */
  readonly histograms: HistogramColumn | null;
}

/** And where each series lies: two words, low, high. */
export interface PlacedSlice extends SeriesSlice {
  readonly placements: Uint32Array;
}

export interface SliceCursor {
  /**
   * The next slice of at most SLICE_BYTES_MAX (one series more than that alone comes whole), or
   * null at the end. Series come in (placement, fingerprint) order; a series is in one slice.
   */
  next(): SeriesSlice | null;
  close(): void;
}

export interface ReadView extends Disposable {
  /** Last sequence number the view contains. */
  readonly appliedSeq: number;
  select(request: ShardSelect): SliceCursor;
  /** The same, and whose series they are: to be merged with what blocks hold of them. */
  selectIdentified(request: ShardSelect): GenerationCursor;
  /**
   * The same for whoever looks at a slice where it is: the next call of the cursor overwrites it.
   * `before` is a cursor that was lent and is read: its memory is used again, whatever the shard.
   */
  lend(request: ShardSelect, before: GenerationCursor | null): GenerationCursor;
}
