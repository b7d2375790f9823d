/**
 * A native histogram sample with absolute float counts (integer histograms convert on read).
 * Exponential schemas -4..8 and -53 (custom bucket bounds). Spans: offset from the end of the
 * previous span (the first: bucket index) and length; buckets are listed span after span.
 * Source: Prometheus native histogram specification.
 */
export type CounterResetHint = "unknown" | "reset" | "not_reset" | "gauge";
export const CUSTOM_BUCKETS_SCHEMA = -53;

export interface HistogramSpan {
  readonly offset: number;
  readonly length: number;
}

export interface FloatHistogram {
  readonly schema: number;
  readonly counterResetHint: CounterResetHint;
  readonly count: number;
  /** A stale marker is a histogram whose `sum` is StaleNaN; it is kept as `stale` beside it. */
  readonly sum: number;
  readonly stale: boolean;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positiveSpans: readonly HistogramSpan[];
  readonly positiveBuckets: Float64Array;
  readonly negativeSpans: readonly HistogramSpan[];
  readonly negativeBuckets: Float64Array;
  /** Upper bounds of schema -53, ascending, without +Inf; empty for exponential schemas. */
  readonly customValues: Float64Array;
}
