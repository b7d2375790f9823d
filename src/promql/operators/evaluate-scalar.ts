/**
 * Scalar expressions: one value per step, never absent. Called by `evaluate.ts` only, which passes
 * its own function for the vectors inside (`scalar(v)`).
 */
import { FLOAT, type SeriesMatrix } from "../columns/series-matrix.ts";
import { singleStep, type StepGrid, timeAt } from "../columns/step-grid.ts";
import { larger, smaller } from "../functions/extremes.ts";
import type { ScalarPlan, VectorPlan } from "../plan/plan-node.ts";
import { executionError } from "../query-errors.ts";
import { arithmeticOf, comparisonOf } from "./element-ops.ts";
import type { EvalContext } from "./eval-context.ts";

/** How vectors inside are evaluated; a parameter, as vectors contain scalars in turn. */
export type EvaluateVector = (
  plan: VectorPlan,
  context: EvalContext,
  grid: StepGrid,
) => Promise<SeriesMatrix>;

export async function evaluateScalarWith(
  plan: ScalarPlan,
  context: EvalContext,
  grid: StepGrid,
  evaluateVector: EvaluateVector,
): Promise<Float64Array> {
  const evaluate = (inner: ScalarPlan, at: StepGrid = grid): Promise<Float64Array> =>
    evaluateScalarWith(inner, context, at, evaluateVector);
  context.budget.assertSteps(grid.count);
  switch (plan.kind) {
    case "number":
      return new Float64Array(grid.count).fill(plan.value);
    case "time":
      return Float64Array.from({ length: grid.count }, (_, step) => timeAt(grid, step) / 1000);
    case "scalar-of":
      return singleFloats(await evaluateVector(plan.vector, context, grid));
    case "scalar-negate":
      return (await evaluate(plan.expr)).map((value) => -value);
    case "scalar-extreme": {
      const pick = plan.pick === "min" ? smaller : larger;
      const right = await evaluate(plan.right);
      return (await evaluate(plan.left)).map((value, step) => pick(value, right[step]!));
    }
    case "scalar-invariant": {
      const value = await evaluate(plan.expr, singleStep(grid.startMs));
      return new Float64Array(grid.count).fill(value[0]!);
    }
    case "scalar-binary": {
      const arithmetic = arithmeticOf(plan.op);
      const test = comparisonOf(plan.op);
      if (arithmetic === null && test === null) {
        throw executionError(`operator "${plan.op}" not allowed for Scalar operations`);
      }
      const left = await evaluate(plan.left);
      const right = await evaluate(plan.right);
      if (arithmetic !== null) return left.map((value, step) => arithmetic(value, right[step]!));
      return left.map((value, step) => Number(test!(value, right[step]!)));
    }
  }
}

/** The only float of each step; NaN where there is none or more than one. */
function singleFloats({ grid, kinds, values }: SeriesMatrix): Float64Array {
  const singles = new Float64Array(grid.count).fill(Number.NaN);
  const counts = new Uint32Array(grid.count);
  for (let cell = 0; cell < kinds.length; cell++) {
    if (kinds[cell] !== FLOAT) continue;
    const step = cell % grid.count;
    singles[step] = counts[step]!++ === 0 ? values[cell]! : Number.NaN;
  }
  return singles;
}
