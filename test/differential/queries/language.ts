/** What a reference understands. Queries for several references use what all of them do. */
import { FUNCTIONS } from "#promql/parse/function-table.ts";

export interface Language {
  /** Names a call may use. */
  readonly functions: ReadonlySet<string>;
  readonly aggregations: ReadonlySet<string>;
  /** Fill modifiers, anchored and smoothed ranges, duration expressions, quoted names. */
  readonly isNewest: boolean;
}

/** Functions that came after 2.42, or that changed their name since. */
const AFTER_2_42 = new Set([
  "first_over_time",
  "histogram_avg",
  "histogram_stddev",
  "histogram_stdvar",
  "histogram_count",
  "histogram_sum",
  "histogram_fraction",
]);

const AGGREGATIONS = ["avg", "bottomk", "count", "count_values", "group", "max", "min", "quantile"];
const MORE_AGGREGATIONS = ["stddev", "stdvar", "sum", "topk"];

export const LANGUAGE_2_42: Language = {
  functions: new Set(
    [...FUNCTIONS.values()]
      .filter(({ name, experimental }) => !experimental && !AFTER_2_42.has(name))
      .map(({ name }) => name),
  ),
  aggregations: new Set([...AGGREGATIONS, ...MORE_AGGREGATIONS]),
  isNewest: false,
};

export const LANGUAGE_3_14: Language = {
  functions: new Set(FUNCTIONS.keys()),
  aggregations: new Set([...AGGREGATIONS, ...MORE_AGGREGATIONS, "limitk", "limit_ratio"]),
  isNewest: true,
};
