/**
 * Which parts of the language a parser accepts. The field names follow the feature flags of
 * Prometheus (`FEATURE_FLAGS`); a query that needs a feature that is off is refused with an error
 * that names the flag. Everything not listed here is always on, the trim operators included.
 */
export interface ParseOptions {
  readonly experimentalFunctions: boolean;
  readonly durationExpressions: boolean;
  readonly fillModifiers: boolean;
  readonly extendedRangeSelectors: boolean;
}

/** As a stock Prometheus 3.14 server. */
export const DEFAULT_PARSE_OPTIONS: ParseOptions = {
  experimentalFunctions: false,
  durationExpressions: true,
  fillModifiers: false,
  extendedRangeSelectors: false,
};

export const ALL_PARSE_FEATURES: ParseOptions = {
  experimentalFunctions: true,
  durationExpressions: true,
  fillModifiers: true,
  extendedRangeSelectors: true,
};

/** Names for `--enable-feature`. */
export const FEATURE_FLAGS: Readonly<Record<keyof ParseOptions, string>> = {
  experimentalFunctions: "promql-experimental-functions",
  durationExpressions: "promql-duration-expr",
  fillModifiers: "promql-binop-fill-modifiers",
  extendedRangeSelectors: "promql-extended-range-selectors",
};
