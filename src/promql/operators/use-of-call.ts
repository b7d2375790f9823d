/** What a function of a range vector makes of its samples, for storage that has aggregates only. */
import type { SampleAggregate, SampleUse } from "#storage/sample-use.ts";
import { USE_BY_ITSELF } from "#storage/sample-use.ts";

/** The others look at the newest value of each bucket. */
const AGGREGATES: ReadonlyMap<string, SampleAggregate> = new Map([
  ["avg_over_time", "each"],
  ["count_over_time", "each"],
  ["increase", "increase"],
  ["irate", "increase"],
  ["max_over_time", "max"],
  ["min_over_time", "min"],
  ["rate", "increase"],
  ["resets", "increase"],
  ["sum_over_time", "sum"],
  ["ts_of_max_over_time", "max"],
  ["ts_of_min_over_time", "min"],
]);

export function useOfCall(name: string, windowMs: number): SampleUse {
  return { ...USE_BY_ITSELF, aggregate: AGGREGATES.get(name) ?? "last", windowMs };
}
