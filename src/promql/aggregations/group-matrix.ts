/** Output of aggregations with one row per group: the groups' labels, cells to be filled in. */
import { RowList } from "../columns/row-list.ts";
import { dropEmptyRows } from "../columns/pick-rows.ts";
import { ABSENT, type SeriesMatrix } from "../columns/series-matrix.ts";
import type { Pace } from "../pace.ts";
import type { AggregationInput } from "./aggregation.ts";

/** Cell of group `g` at step `s` is `g * steps + s`. */
export function groupMatrix({ matrix, groups }: AggregationInput): RowList {
  const rows = new RowList(matrix.grid, groups.labels.length);
  const drops = droppedNames(matrix, groups.ofRow, groups.labels.length);
  groups.labels.forEach((labels, group) => rows.addRow(labels, drops[group] === 1));
  return rows;
}

export function finishGroups(rows: RowList, pace: Pace): Promise<SeriesMatrix> {
  return dropEmptyRows(rows.finish(), pace);
}

/** A group loses its name when any of its rows does. */
function droppedNames(matrix: SeriesMatrix, ofRow: Int32Array, groups: number): Uint8Array {
  const drops = new Uint8Array(groups);
  const { count } = matrix.grid;
  for (let row = 0; row < ofRow.length; row++) {
    if (matrix.dropName[row] === 0) continue;
    const kinds = matrix.kinds.subarray(row * count, (row + 1) * count);
    if (kinds.some((kind) => kind !== ABSENT)) drops[ofRow[row]!] = 1;
  }
  return drops;
}
