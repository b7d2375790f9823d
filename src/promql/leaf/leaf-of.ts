/** Which aggregations can be worked out next to the data, and what is to be sent there. */
import { METRIC_NAME } from "#model/labels.ts";
import { USE_BY_ITSELF } from "#storage/sample-use.ts";
import type { EvalContext } from "../operators/eval-context.ts";
import { dropsName } from "../operators/range-call.ts";
import { windowTimes } from "../operators/range-source.ts";
import { selectedTimes } from "../operators/select.ts";
import { useOfCall } from "../operators/use-of-call.ts";
import type { StepGrid } from "../columns/step-grid.ts";
import type { AggregatePlan, SelectorPlan, VectorPlan } from "../plan/plan-node.ts";
import type { QueryFeatures } from "../query-options.ts";
import type { LeafInput, LeafPlan } from "./leaf-plan.ts";
import { leafTotalsOf } from "./leaf-totals.ts";

/** Null for an aggregation that the engine has to do. */
export function leafInputOf(plan: AggregatePlan, features: QueryFeatures): LeafInput | null {
  // Types of metrics are labels that parts do not look at.
  if (leafTotalsOf(plan.op) === undefined || features.typeAndUnitLabels) return null;
  const input = inputOf(plan.expr);
  if (input === null || input.kind === "select" || features.delayedNameRemoval) return input;
  // Series that differ in their names only would become the same, which no part can find out.
  return dropsName(input.name) && !hasOneName(input.source.selector) ? null : input;
}

export function leafPlanOf(
  aggregate: AggregatePlan,
  input: LeafInput,
  scalars: readonly Float64Array[],
  { tenant, lookbackMs, features, budget, pace }: EvalContext,
  grid: StepGrid,
): LeafPlan {
  const reads =
    input.kind === "select"
      ? selectedTimes(input.selector, grid, lookbackMs)
      : windowTimes(input.source, grid, lookbackMs);
  const use =
    input.kind === "select"
      ? { ...USE_BY_ITSELF, holdMs: lookbackMs }
      : useOfCall(input.name, input.source.rangeMs);
  const limits = { ...budget.limits, timeoutMs: pace.remainingMs };
  const rest = { lookbackMs, features, limits, seriesRead: budget.seriesRead };
  return { tenant, input, aggregate, scalars, grid, reads, use, ...rest };
}

function inputOf(expr: VectorPlan): LeafInput | null {
  if (expr.kind === "select") return expr.smoothed ? null : expr;
  if (expr.kind !== "range-call" || expr.name === "absent_over_time") return null;
  const { source } = expr;
  return source.kind === "range-select" ? { ...expr, source } : null;
}

function hasOneName({ matchers }: SelectorPlan): boolean {
  return matchers.some(({ kind, name, value }) => {
    return kind === "=" && name === METRIC_NAME && value !== "";
  });
}
