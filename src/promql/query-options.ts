/**
 * What a query may use and how much: the feature switches of the dialect and the budgets of one
 * query. Defaults are those of a stock Prometheus 3.14 server.
 */
export interface QueryFeatures {
  /** Remove `__name__` when the result is complete instead of in every operator. */
  readonly delayedNameRemoval: boolean;
  readonly experimentalFunctions: boolean;
  /** Arithmetic inside `[...]` and after `offset`. */
  readonly durationExpressions: boolean;
  /** `[range] anchored` and `smoothed`. */
  readonly extendedRangeSelectors: boolean;
  /** `fill`, `fill_left`, `fill_right` after a vector match. */
  readonly binaryFill: boolean;
  /** `rate` and friends read start timestamps. */
  readonly startTimestamps: boolean;
  /** `__type__` tells counters from gauges, not the suffix of the name. */
  readonly typeAndUnitLabels: boolean;
}

export interface QueryLimits {
  /** Samples held in memory at once; a histogram counts by its size. */
  readonly samplesMax: number;
  /** Series read from storage by one query. */
  readonly seriesMax: number;
  /** Bytes of columns read from storage by one query. */
  readonly bytesMax: number;
  readonly timeoutMs: number;
}

export const QUERY_FEATURES_DEFAULT: QueryFeatures = {
  delayedNameRemoval: false,
  experimentalFunctions: false,
  durationExpressions: true,
  extendedRangeSelectors: false,
  binaryFill: false,
  startTimestamps: false,
  typeAndUnitLabels: false,
};

/** Everything on, as the conformance scripts expect. */
export const QUERY_FEATURES_ALL: QueryFeatures = {
  delayedNameRemoval: true,
  experimentalFunctions: true,
  durationExpressions: true,
  extendedRangeSelectors: true,
  binaryFill: true,
  startTimestamps: true,
  typeAndUnitLabels: false,
};

export const QUERY_LIMITS_DEFAULT: QueryLimits = {
  // The stock server's 50 million: 400 MB of float values.
  samplesMax: 50_000_000,
  // A selector over more series than this answers nobody's question within the timeout.
  seriesMax: 2_000_000,
  // Twice the values of `samplesMax` (times and values), rounded up to a GiB.
  bytesMax: 1024 * 1024 * 1024,
  timeoutMs: 120_000,
};
