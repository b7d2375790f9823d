/**
 * Bugs as people write them, each a small change of the engine that still runs. A differential run
 * finds them all, or it would not find such a bug when somebody makes it.
 */
import type { ReferenceName } from "../references/reference-kinds.ts";
import type { SourcePatch } from "../variants/source-patch.ts";

export interface PlantedBug {
  readonly name: string;
  readonly patch: SourcePatch;
  /** Set when only this reference shows it: 2.42 is asked neither on edges nor about histograms. */
  readonly only?: ReferenceName;
}

const RATE = "src/promql/functions/range/float-rates.ts";
const SELECT = "src/promql/operators/select.ts";

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: "counter reset forgotten",
    patch: { path: RATE, find: "if (floats[i]! < previous) total += previous;", replace: "" },
  },
  {
    name: "extrapolation stops at the last sample",
    patch: {
      path: RATE,
      find: "toEnd >= reach ? average / 2 : toEnd;",
      replace: "toEnd >= reach ? 0 : toEnd;",
    },
  },
  {
    name: "stale marker taken for a value",
    patch: {
      path: SELECT,
      find: "if (Number.isNaN(values[at]) && isStaleAt(view.words, at)) continue;",
      replace: "",
    },
  },
  {
    name: "offset lost under @",
    patch: {
      path: SELECT,
      find: "const time = (atMs ?? timeAt(grid, step)) - offsetMs;",
      replace: "const time = atMs ?? timeAt(grid, step) - offsetMs;",
    },
  },
  {
    name: "group_left copies no labels",
    patch: {
      path: "src/promql/operators/match-result-labels.ts",
      find: "for (const name of matching.include)",
      replace: "for (const name of matching.include.slice(1))",
    },
  },
  {
    name: "without keeps the metric name",
    patch: {
      path: "src/promql/aggregations/group-table.ts",
      find: "dropLabels(row, [METRIC_NAME, ...grouping])",
      replace: "dropLabels(row, grouping)",
    },
  },
  {
    name: "unless works as and",
    patch: {
      path: "src/promql/operators/combine-sets.ts",
      find: 'present, plan.op === "and", pace)',
      replace: "present, true, pace)",
    },
  },
  {
    name: "variance of a sample instead of the population",
    patch: {
      path: "src/promql/aggregations/variance.ts",
      find: "result(rows.values[cell]! / counts[cell]!)",
      replace: "result(rows.values[cell]! / Math.max(counts[cell]! - 1, 1))",
    },
  },
  {
    name: "comparison hands on the right value",
    patch: {
      path: "src/promql/operators/pair-operation.ts",
      find: "this.#returnBool ? Number(holds) : left;",
      replace: "this.#returnBool ? Number(holds) : right;",
    },
  },
  {
    name: "classic quantile counts from the bucket's end",
    patch: {
      path: "src/promql/histogram/classic-buckets.ts",
      find: "((rank - below) / (counts[at]! - below))",
      replace: "(rank / counts[at]!)",
    },
  },
  {
    name: "subquery one step early",
    patch: {
      path: "src/promql/operators/range-source.ts",
      find: "(Math.floor(first / plan.stepMs) + 1) * plan.stepMs",
      replace: "Math.floor(first / plan.stepMs) * plan.stepMs",
    },
  },
  {
    name: "label_replace matches a beginning",
    patch: {
      path: "src/model/regex-replace.ts",
      find: "(?s:${pattern})$`",
      replace: "(?s:${pattern})`",
    },
  },
  {
    name: "window closed on the left",
    only: "3.14",
    patch: {
      path: "src/promql/functions/range-window.ts",
      find: "advance(floatTimes, this.floatFrom, fromMs)",
      replace: "advance(floatTimes, this.floatFrom, fromMs - 1)",
    },
  },
  {
    name: "lookback closed on the left",
    only: "3.14",
    patch: {
      path: SELECT,
      find: "times[at]! <= time - lookbackMs",
      replace: "times[at]! < time - lookbackMs",
    },
  },
  {
    name: "reset of a native histogram forgotten",
    only: "3.14",
    patch: {
      path: "src/promql/functions/range/histogram-rate.ts",
      find: "if (reset && !addTo(",
      replace: "if (reset && i > histogramTo && !addTo(",
    },
  },
];
