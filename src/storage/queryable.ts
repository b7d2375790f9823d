/**
 * The read side of storage, as the query engine sees it: a local head, a remote shard, the cache
 * and a test fixture are all just `Queryable`. Samples come as columns in batches; a batch owns its
 * arrays (they were transferred or freshly made) and may be kept.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import type { Labels } from "#model/labels.ts";
import type { Matcher } from "#model/matcher.ts";
import type { TenantId } from "#model/refs.ts";
import type { MissingParts } from "./missing-parts.ts";
import type { SampleUse } from "./sample-use.ts";

export interface TimeRange {
  /** Inclusive bounds, milliseconds. */
  readonly minMs: number;
  readonly maxMs: number;
}

export interface SelectRequest extends TimeRange {
  readonly tenant: TenantId;
  /** All must hold. */
  readonly matchers: readonly Matcher[];
  /** What becomes of the samples; absent: each is looked at by itself. */
  readonly use?: SampleUse;
  /** Takes note of what cannot be read; absent or null: the selection fails then. */
  readonly missing?: MissingParts | null;
}

/** Columns of whole series: series `i` owns samples `sampleStart[i] .. sampleStart[i + 1] - 1`. */
export interface SeriesBatch {
  readonly labels: readonly Labels[];
  /** `labels.length + 1` entries, ascending. */
  readonly sampleStart: Uint32Array;
  /** Ascending and unique inside a series, integer milliseconds. */
  readonly timestamps: Float64Array;
  /** Bits exact, stale markers included. 0 where `histograms` has a value. */
  readonly values: Float64Array;
  /** Index-aligned with `timestamps`; null when no sample of the batch is a histogram. */
  readonly histograms: readonly (FloatHistogram | null)[] | null;
  /** Start timestamps, 0 = unknown; null when the batch has none. */
  readonly startTimestamps: Float64Array | null;
}

/** A cursor over batches. No series is in two batches. Dispose to release pins and remote state. */
export interface SeriesSet extends AsyncDisposable {
  /** The next batch, or null at the end. */
  next(): Promise<SeriesBatch | null>;
  /** What whoever asked should know about the samples so far; what is missing goes to `missing`. */
  infos(): readonly string[];
}

export interface Queryable {
  select(request: SelectRequest, signal: AbortSignal): SeriesSet;
  /** Label sets of the series with at least one sample in range, unsorted, unique. */
  series(request: SelectRequest, signal: AbortSignal): Promise<readonly Labels[]>;
  /** Sorted in byte order, unique. */
  labelNames(request: SelectRequest, signal: AbortSignal): Promise<readonly string[]>;
  labelValues(
    request: SelectRequest & { readonly label: string },
    signal: AbortSignal,
  ): Promise<readonly string[]>;
}
