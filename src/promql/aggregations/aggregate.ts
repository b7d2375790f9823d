/** Runs an aggregation: groups the rows, then hands over to the operator. */
import type { SeriesMatrix } from "../columns/series-matrix.ts";
import type { EvalContext } from "../operators/eval-context.ts";
import type { AggregateOp } from "../parse/ast.ts";
import type { AggregatePlan } from "../plan/plan-node.ts";
import type { Aggregation } from "./aggregation.ts";
import { avg } from "./avg.ts";
import { count, group } from "./count.ts";
import { countValues } from "./count-values.ts";
import { max, min } from "./extremes.ts";
import { groupRows } from "./group-table.ts";
import { limitRatio } from "./limit-ratio.ts";
import { limitk } from "./limitk.ts";
import { quantile } from "./quantile.ts";
import { sum } from "./sum.ts";
import { bottomk, topk } from "./top-rows.ts";
import { stddev, stdvar } from "./variance.ts";

const AGGREGATIONS: Readonly<Record<AggregateOp, Aggregation>> = {
  avg,
  bottomk,
  count,
  count_values: countValues,
  group,
  limit_ratio: limitRatio,
  limitk,
  max,
  min,
  quantile,
  stddev,
  stdvar,
  sum,
  topk,
};

export async function aggregate(
  plan: AggregatePlan,
  context: EvalContext,
  matrix: SeriesMatrix,
  param: Float64Array | null,
): Promise<SeriesMatrix> {
  const { annotations, pace, budget } = context;
  const groups = await groupRows(matrix.labels, plan.grouping, plan.without, pace);
  return AGGREGATIONS[plan.op]({ plan, matrix, groups, param, annotations, pace, budget });
}
