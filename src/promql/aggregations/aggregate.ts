/**
 * Runs an aggregation. Folds take the rows of their input as they come; the others need all of them
 * and get a matrix with its groups.
 */
import { collectRows } from "../columns/collect-rows.ts";
import type { SeriesMatrix } from "../columns/series-matrix.ts";
import type { StepGrid } from "../columns/step-grid.ts";
import type { EvalContext } from "../operators/eval-context.ts";
import type { AggregatePlan } from "../plan/plan-node.ts";
import type { Aggregation } from "./aggregation.ts";
import { avg } from "./avg.ts";
import { count, group } from "./count.ts";
import { countValues } from "./count-values.ts";
import { max, min } from "./extremes.ts";
import { foldGroups } from "./fold-groups.ts";
import type { OpenFold } from "./group-fold.ts";
import { GroupIndex } from "./group-table.ts";
import { limitRatio } from "./limit-ratio.ts";
import { limitk } from "./limitk.ts";
import { quantile } from "./quantile.ts";
import { sum } from "./sum.ts";
import { bottomk, topk } from "./top-rows.ts";
import { stddev, stdvar } from "./variance.ts";

type Operator =
  | { readonly fold: OpenFold; readonly whole?: never }
  | { readonly fold?: never; readonly whole: Aggregation };

const OPERATORS: Readonly<Record<AggregatePlan["op"], Operator>> = {
  avg: { fold: avg },
  bottomk: { whole: bottomk },
  count: { fold: count },
  count_values: { whole: countValues },
  group: { fold: group },
  limit_ratio: { whole: limitRatio },
  limitk: { whole: limitk },
  max: { fold: max },
  min: { fold: min },
  quantile: { whole: quantile },
  stddev: { whole: stddev },
  stdvar: { whole: stdvar },
  sum: { fold: sum },
  topk: { whole: topk },
};

export async function aggregate(
  plan: AggregatePlan,
  context: EvalContext,
  grid: StepGrid,
  chunks: AsyncIterable<SeriesMatrix>,
  param: Float64Array | null,
): Promise<SeriesMatrix> {
  const { annotations, pace, budget } = context;
  const { fold, whole } = OPERATORS[plan.op];
  if (fold !== undefined) return foldGroups(plan, context, grid, chunks, fold);
  const matrix = await collectRows(chunks, grid, budget, pace);
  const index = new GroupIndex(plan.grouping, plan.without);
  const groups = { ofRow: await index.add(matrix.labels, pace), labels: index.labels };
  return whole({ plan, matrix, groups, param, annotations, pace, budget });
}
