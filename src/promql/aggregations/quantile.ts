/** `quantile`: of the floats of a group at each step. */
import * as findings from "../findings.ts";
import { quantileOf } from "../histogram/quantile-of.ts";
import type { Aggregation, AggregationInput } from "./aggregation.ts";
import { foldFloats } from "./float-fold.ts";
import { finishGroups, groupMatrix } from "./group-matrix.ts";

/** Cost of sorting one value, in cells. */
const SORT_UNITS = 8;

export const quantile: Aggregation = async (input) => {
  noteParam(input);
  const rows = groupMatrix(input);
  const steps = input.matrix.grid.count;
  const cells = rows.rowCount * steps;
  // Two passes: count, then lay the values of each cell out side by side.
  const ends = new Uint32Array(cells + 1);
  await foldFloats(input, (cell) => {
    ends[cell + 1]!++;
  });
  for (let cell = 0; cell < cells; cell++) ends[cell + 1]! += ends[cell]!;
  const values = new Float64Array(ends[cells]!);
  const next = ends.slice(0, cells);
  await foldFloats(input, (cell, value) => {
    values[next[cell]!++] = value;
  });
  for (let cell = 0; cell < cells; cell++) {
    const ofCell = values.subarray(ends[cell], ends[cell + 1]);
    if (ofCell.length === 0) continue;
    rows.setFloat(cell, quantileOf(input.param![cell % steps]!, ofCell));
    if (input.pace.spend(ofCell.length * SORT_UNITS)) await input.pace.pause();
  }
  return finishGroups(rows, input.pace);
};

function noteParam({ param, plan, annotations }: AggregationInput): void {
  const place = plan.paramRange!;
  const warn = (value: number): void => annotations.warn(findings.invalidQuantile(value), place);
  if (param!.some(Number.isNaN)) warn(Number.NaN);
  const max = param!.reduce((a, b) => Math.max(a, b), -Infinity);
  const min = param!.reduce((a, b) => Math.min(a, b), Infinity);
  if (max > 1) warn(max);
  if (min < 0) warn(min);
}
