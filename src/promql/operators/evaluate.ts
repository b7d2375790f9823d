/**
 * Walks a plan. Children are evaluated one after the other, each result belongs to its parent, and
 * the budget goes back to what is still alive after every node.
 */
import { EMPTY_LABELS } from "#model/labels.ts";
import { histogramSize } from "#model/histogram/histogram-size.ts";
import { multiplyHistogram } from "#model/histogram/scale-histogram.ts";
import { aggregate } from "../aggregations/aggregate.ts";
import { cellUnits } from "../columns/cell-units.ts";
import { collectRows } from "../columns/collect-rows.ts";
import { CELL_BYTES, RowList } from "../columns/row-list.ts";
import { inRowSlices } from "../columns/row-slices.ts";
import {
  ABSENT,
  emptyMatrix,
  FLOAT,
  HISTOGRAM,
  type SeriesMatrix,
} from "../columns/series-matrix.ts";
import { singleStep, type StepGrid } from "../columns/step-grid.ts";
import { absentOver } from "../functions/absent.ts";
import { VECTOR_FUNCTIONS } from "../functions/vector-functions.ts";
import { withoutMetricName } from "../functions/vector-call.ts";
import { evaluateLeaf } from "../leaf/evaluate-leaf.ts";
import { leafInputOf, leafPlanOf } from "../leaf/leaf-of.ts";
import type {
  AggregatePlan,
  CallPlan,
  RangeCallPlan,
  ScalarPlan,
  VectorPlan,
} from "../plan/plan-node.ts";
import { applyScalar } from "./binary-scalar.ts";
import { combineSets } from "./combine-sets.ts";
import { BinaryVectors } from "./binary-vectors.ts";
import { evaluateScalarWith } from "./evaluate-scalar.ts";
import type { EvalContext } from "./eval-context.ts";
import { addInfoLabels } from "./info.ts";
import { RangeCall } from "./range-call.ts";
import { useOfCall } from "./use-of-call.ts";
import { openSelectorRange, subqueryGrid, subquerySeries } from "./range-source.ts";
import { selectChunks, selectSeries } from "./select.ts";
import { selectSmoothed } from "./select-smoothed.ts";

/** A value per step. */
export function evaluateScalar(
  plan: ScalarPlan,
  context: EvalContext,
  grid: StepGrid,
): Promise<Float64Array> {
  return evaluateScalarWith(plan, context, grid, evaluateVector);
}

export async function evaluateVector(
  plan: VectorPlan,
  context: EvalContext,
  grid: StepGrid,
): Promise<SeriesMatrix> {
  context.pace.check();
  if (grid.count === 0) return emptyMatrix(grid);
  const { budget } = context;
  budget.assertSteps(grid.count);
  const { samples, bytes } = budget;
  const matrix = await evaluateNode(plan, context, grid);
  budget.rewind(samples, bytes);
  budget.hold(await countSamples(matrix, context));
  budget.holdBytes(matrix.values.length * CELL_BYTES);
  return matrix;
}

async function evaluateNode(
  plan: VectorPlan,
  context: EvalContext,
  grid: StepGrid,
): Promise<SeriesMatrix> {
  switch (plan.kind) {
    case "select":
      return plan.smoothed
        ? selectSmoothed(plan, context, grid)
        : selectSeries(plan.selector, "value", context, grid);
    case "sample-time":
      return evaluateSampleTime(plan, context, grid);
    case "range-call":
      return collectRows(rangeCallChunks(plan, context, grid), grid, context.budget, context.pace);
    case "call":
      return evaluateCall(plan, context, grid);
    case "info":
      return addInfoLabels(plan, context, await evaluateVector(plan.vector, context, grid));
    case "aggregate": {
      const pushed = await evaluatePushed(plan, context, grid);
      if (pushed !== null) return pushed;
      const param = plan.param === null ? null : await evaluateScalar(plan.param, context, grid);
      return aggregate(plan, context, grid, openVector(plan.expr, context, grid), param);
    }
    case "binary-vectors": {
      const left = await evaluateVector(plan.left, context, grid);
      const right = await evaluateVector(plan.right, context, grid);
      return new BinaryVectors(plan, context, left, right).run();
    }
    case "binary-set": {
      const left = await evaluateVector(plan.left, context, grid);
      const right = await evaluateVector(plan.right, context, grid);
      return combineSets(plan, left, right, context.pace);
    }
    case "binary-scalar": {
      const scalar = await evaluateScalar(plan.scalar, context, grid);
      return applyScalar(plan, context, await evaluateVector(plan.vector, context, grid), scalar);
    }
    case "negate":
      return negate(await evaluateVector(plan.expr, context, grid), context);
    case "vector-of":
      return vectorOf(await evaluateScalar(plan.scalar, context, grid), grid);
    case "invariant":
      return repeat(await evaluateVector(plan.expr, context, singleStep(grid.startMs)), grid);
  }
}

/** An aggregation as a leaf; null when it is none, or nobody can work it out. */
async function evaluatePushed(
  plan: AggregatePlan,
  context: EvalContext,
  grid: StepGrid,
): Promise<SeriesMatrix | null> {
  const { leaves, features } = context;
  const input = leaves === null ? null : leafInputOf(plan, features);
  if (leaves === null || input === null) return null;
  const scalars = await evaluateScalars(
    input.kind === "select" ? [] : input.scalars,
    context,
    grid,
  );
  return evaluateLeaf(leaves, leafPlanOf(plan, input, scalars, context, grid), context);
}

async function evaluateScalars(
  plans: readonly ScalarPlan[],
  context: EvalContext,
  grid: StepGrid,
): Promise<Float64Array[]> {
  const scalars: Float64Array[] = [];
  for (const plan of plans) scalars.push(await evaluateScalar(plan, context, grid));
  return scalars;
}

/** The rows of a vector as they come, for those who keep none of them. */
async function* openVector(
  plan: VectorPlan,
  context: EvalContext,
  grid: StepGrid,
): AsyncGenerator<SeriesMatrix> {
  context.budget.assertSteps(grid.count);
  if (grid.count === 0) return;
  if (plan.kind === "range-call") yield* rangeCallChunks(plan, context, grid);
  else if (plan.kind === "select" && !plan.smoothed) {
    yield* selectChunks(plan.selector, "value", context, grid);
  } else {
    yield await evaluateVector(plan, context, grid);
  }
}

async function evaluateSampleTime(
  plan: Extract<VectorPlan, { kind: "sample-time" }>,
  context: EvalContext,
  grid: StepGrid,
): Promise<SeriesMatrix> {
  const { features } = context;
  if (plan.which === "start" && !features.startTimestamps) return emptyMatrix(grid);
  const shown = plan.which === "start" ? "start-seconds" : "time-seconds";
  return withoutMetricName(await selectSeries(plan.selector, shown, context, grid), context);
}

async function* rangeCallChunks(
  plan: RangeCallPlan,
  context: EvalContext,
  grid: StepGrid,
): AsyncGenerator<SeriesMatrix> {
  const { budget, pace } = context;
  if (plan.name !== "absent_over_time") {
    yield* rangeCallRows(plan, context, grid);
    return;
  }
  const present = await collectRows(rangeCallRows(plan, context, grid), grid, budget, pace);
  yield absentOver(present, plan.absentLabels, pace);
}

async function* rangeCallRows(
  plan: RangeCallPlan,
  context: EvalContext,
  grid: StepGrid,
): AsyncGenerator<SeriesMatrix> {
  const { source } = plan;
  const scalars = await evaluateScalars(plan.scalars, context, grid);
  const call = new RangeCall(plan, context, grid, scalars);
  if (source.kind === "subquery") {
    const inner = await evaluateVector(source.expr, context, subqueryGrid(source, grid));
    for (let row = 0; row < inner.labels.length; row++) {
      await call.add(subquerySeries(inner, row));
      if (call.isFull) yield await call.take();
    }
  } else {
    const use = useOfCall(plan.name, source.rangeMs);
    for await (const series of openSelectorRange(source, context, grid, use)) {
      for (const one of series) {
        await call.add(one);
        if (call.isFull) yield await call.take();
      }
    }
  }
  yield await call.take();
}

async function evaluateCall(
  plan: CallPlan,
  context: EvalContext,
  grid: StepGrid,
): Promise<SeriesMatrix> {
  const vectors: SeriesMatrix[] = [];
  for (const vector of plan.vectors) vectors.push(await evaluateVector(vector, context, grid));
  const scalars = await evaluateScalars(plan.scalars, context, grid);
  const { annotations, features, pace } = context;
  const run = VECTOR_FUNCTIONS.get(plan.name)!;
  return run({ plan, grid, vectors, scalars, annotations, features, pace });
}

async function negate(matrix: SeriesMatrix, context: EvalContext): Promise<SeriesMatrix> {
  const { kinds, values, histograms, labels, grid } = matrix;
  await inRowSlices(labels.length, grid.count * cellUnits(matrix), context.pace, (from, to) => {
    for (let cell = from * grid.count; cell < to * grid.count; cell++) {
      if (kinds[cell] === FLOAT) values[cell] = -values[cell]!;
      else if (kinds[cell] === HISTOGRAM) {
        histograms![cell] = multiplyHistogram(histograms![cell]!, -1);
      }
    }
  });
  return withoutMetricName(matrix, context);
}

function vectorOf(scalar: Float64Array, grid: StepGrid): SeriesMatrix {
  const rows = new RowList(grid, 1);
  const first = rows.addRow(EMPTY_LABELS, false);
  for (let step = 0; step < grid.count; step++) rows.setFloat(first + step, scalar[step]!);
  return rows.finish();
}

/** The same value at every step of `grid`. */
function repeat(single: SeriesMatrix, grid: StepGrid): SeriesMatrix {
  if (grid.count === 1) return { ...single, grid };
  const rows = new RowList(grid, single.labels.length);
  single.labels.forEach((labels, row) => {
    const first = rows.addRow(labels, single.dropName[row] === 1);
    const histogram = single.histograms?.[row] ?? null;
    for (let step = 0; step < grid.count && single.kinds[row] !== ABSENT; step++) {
      if (histogram === null) rows.setFloat(first + step, single.values[row]!);
      else rows.setHistogram(first + step, histogram);
    }
  });
  return rows.finish();
}

/** Floats count one each, histograms by their size. */
async function countSamples(matrix: SeriesMatrix, { pace }: EvalContext): Promise<number> {
  const { kinds, histograms, labels, grid } = matrix;
  let samples = 0;
  await inRowSlices(labels.length, grid.count, pace, (from, to) => {
    for (let cell = from * grid.count; cell < to * grid.count; cell++) {
      if (kinds[cell] === FLOAT) samples++;
      else if (kinds[cell] === HISTOGRAM) samples += histogramSize(histograms![cell]!);
    }
  });
  return samples;
}
