/**
 * What a reader makes of samples. Samples as received serve every use; where only aggregates of them
 * are left, the use says which rows stand in for them.
 */
export type SampleAggregate = "last" | "increase" | "min" | "max" | "sum" | "each";

export interface SampleUse {
  /**
   * `increase`: as far as a counter rose, resets included. `each`: as many rows as there were
   * samples, of the same sum. The others: a row per bucket.
   */
  readonly aggregate: SampleAggregate;
  /** How long a sample counts as the present value; Infinity when each is looked at by itself. */
  readonly holdMs: number;
  /** Of the windows that samples are gathered in; Infinity without any. */
  readonly windowMs: number;
}

export const USE_BY_ITSELF: SampleUse = {
  aggregate: "last",
  holdMs: Number.POSITIVE_INFINITY,
  windowMs: Number.POSITIVE_INFINITY,
};
