/**
 * `sort`, `sort_desc`, `sort_by_label`, `sort_by_label_desc`. Only instant answers have an order;
 * over a range they leave their argument as it is and warn.
 */
import { compareLabels, type Labels, labelValue } from "#model/labels.ts";
import { pickRows } from "../columns/pick-rows.ts";
import { FLOAT, type SeriesMatrix } from "../columns/series-matrix.ts";
import { sortInSlices } from "../columns/sort-in-slices.ts";
import * as findings from "../findings.ts";
import { mapFloats } from "./map-samples.ts";
import { naturallyBefore } from "./natural-order.ts";
import type { VectorCall, VectorFunction } from "./vector-call.ts";

export const sort: VectorFunction = (call) => sortByValue(call, (a, b) => a - b);

export const sortDesc: VectorFunction = (call) => sortByValue(call, (a, b) => b - a);

export const sortByLabel: VectorFunction = (call) => sortByLabels(call, 1);

export const sortByLabelDesc: VectorFunction = (call) => sortByLabels(call, -1);

async function sortByValue(
  call: VectorCall,
  order: (a: number, b: number) => number,
): Promise<SeriesMatrix> {
  noteRange(call);
  const matrix = call.vectors[0]!;
  const { kinds, values } = matrix;
  const { count } = matrix.grid;
  if (count !== 1) return mapFloats(matrix, call.pace, (value) => value);
  const rows = rowsOf(matrix).filter((row) => kinds[row] === FLOAT);
  const byValue = (a: number, b: number): number => {
    const [x, y] = [values[a]!, values[b]!];
    if (Number.isNaN(x) || Number.isNaN(y))
      return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return order(x, y);
  };
  return pickRows(matrix, await sortInSlices(rows, byValue, call.pace), call.pace, true);
}

async function sortByLabels(call: VectorCall, direction: 1 | -1): Promise<SeriesMatrix> {
  noteRange(call);
  const matrix = call.vectors[0]!;
  if (matrix.grid.count !== 1) return matrix;
  const names = call.plan.strings;
  const order = (a: Labels, b: Labels): number => {
    for (const name of names) {
      const [x, y] = [labelValue(a, name), labelValue(b, name)];
      if (x !== y) return naturallyBefore(x, y) ? -direction : direction;
    }
    return direction * compareLabels(a, b);
  };
  const byLabels = (a: number, b: number): number => order(matrix.labels[a]!, matrix.labels[b]!);
  const rows = await sortInSlices(rowsOf(matrix), byLabels, call.pace);
  return pickRows(matrix, rows, call.pace, true);
}

function noteRange(call: VectorCall): void {
  if (call.grid.count === 1) return;
  call.annotations.warn(findings.sortInRangeQuery(), call.plan.range);
}

function rowsOf(matrix: SeriesMatrix): number[] {
  return matrix.labels.map((_, row) => row);
}
