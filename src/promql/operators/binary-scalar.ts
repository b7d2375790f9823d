/**
 * A binary operator between a vector and a scalar: cell by cell, in place. Rows stay what they are,
 * so nothing is matched; only samples a comparison rejects go.
 */
import { cellUnits } from "../columns/cell-units.ts";
import { inRowSlices } from "../columns/row-slices.ts";
import { ABSENT, FLOAT, HISTOGRAM, type SeriesMatrix } from "../columns/series-matrix.ts";
import { withoutMetricName } from "../functions/vector-call.ts";
import type { BinaryScalarPlan } from "../plan/plan-node.ts";
import {
  arithmeticOf,
  comparisonOf,
  type ElementPlace,
  type FloatOp,
  type FloatTest,
  noteTypes,
  operateOnHistograms,
} from "./element-ops.ts";
import type { EvalContext } from "./eval-context.ts";

export async function applyScalar(
  plan: BinaryScalarPlan,
  context: EvalContext,
  matrix: SeriesMatrix,
  scalar: Float64Array,
): Promise<SeriesMatrix> {
  const { op, range, scalarOnLeft, returnBool } = plan;
  const place = { op, range, annotations: context.annotations };
  const arithmetic = arithmeticOf(op);
  const comparison = comparisonOf(op);
  const { grid, labels } = matrix;
  await inRowSlices(
    labels.length,
    grid.count * cellUnits(matrix),
    context.pace,
    (fromRow, toRow) => {
      const cells = { from: fromRow * grid.count, to: toRow * grid.count };
      if (arithmetic !== null) calculate(matrix, cells, scalar, arithmetic, scalarOnLeft);
      else if (comparison !== null) compare(matrix, cells, scalar, comparison, plan);
      else dropFloats(matrix, cells, place);
      if (matrix.histograms !== null) changeHistograms(matrix, cells, scalar, place, scalarOnLeft);
    },
  );
  return arithmetic !== null || returnBool ? withoutMetricName(matrix, context) : matrix;
}

/** A run of whole rows. */
interface CellRange {
  readonly from: number;
  readonly to: number;
}

function calculate(
  { kinds, values, grid }: SeriesMatrix,
  cells: CellRange,
  scalar: Float64Array,
  op: FloatOp,
  scalarOnLeft: boolean,
): void {
  for (let cell = cells.from, step = 0; cell < cells.to; cell++) {
    if (kinds[cell] === FLOAT) {
      const value = values[cell]!;
      values[cell] = scalarOnLeft ? op(scalar[step]!, value) : op(value, scalar[step]!);
    }
    if (++step === grid.count) step = 0;
  }
}

/** The vector's value survives, whichever side it is on. */
function compare(
  { kinds, values, grid }: SeriesMatrix,
  cells: CellRange,
  scalar: Float64Array,
  test: FloatTest,
  { scalarOnLeft, returnBool }: BinaryScalarPlan,
): void {
  for (let cell = cells.from, step = 0; cell < cells.to; cell++) {
    if (kinds[cell] === FLOAT) {
      const value = values[cell]!;
      const holds = scalarOnLeft ? test(scalar[step]!, value) : test(value, scalar[step]!);
      if (returnBool) values[cell] = holds ? 1 : 0;
      else if (!holds) kinds[cell] = ABSENT;
    }
    if (++step === grid.count) step = 0;
  }
}

/** Trim operators are for histograms only. */
function dropFloats({ kinds }: SeriesMatrix, cells: CellRange, place: ElementPlace): void {
  for (let cell = cells.from; cell < cells.to; cell++) {
    if (kinds[cell] !== FLOAT) continue;
    kinds[cell] = ABSENT;
    noteTypes(place, false, false);
  }
}

function changeHistograms(
  matrix: SeriesMatrix,
  cells: CellRange,
  scalar: Float64Array,
  place: ElementPlace,
  scalarOnLeft: boolean,
): void {
  const { kinds, grid } = matrix;
  const histograms = matrix.histograms!;
  for (let cell = cells.from; cell < cells.to; cell++) {
    if (kinds[cell] !== HISTOGRAM) continue;
    const value = scalar[cell % grid.count]!;
    const histogram = histograms[cell]!;
    const result = scalarOnLeft
      ? operateOnHistograms(place, value, null, 0, histogram)
      : operateOnHistograms(place, 0, histogram, value, null);
    histograms[cell] = result?.histogram ?? null;
    if (result === null) kinds[cell] = ABSENT;
  }
}
