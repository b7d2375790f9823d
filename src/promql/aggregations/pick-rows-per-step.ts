/**
 * Shared by `topk`, `bottomk`, `limitk`, `limit_ratio`: per step and group some rows are picked and
 * keep their labels and samples.
 */
import { RowList } from "../columns/row-list.ts";
import { dropEmptyRows } from "../columns/pick-rows.ts";
import { ABSENT, HISTOGRAM, type SeriesMatrix } from "../columns/series-matrix.ts";
import type { AggregationInput } from "./aggregation.ts";

/** Cost of looking at and sorting one row, in cells. */
const PICK_UNITS = 16;

/** The rows to keep of those of one group that are present at a step, in output order. */
export type RowPicker = (present: readonly number[], step: number) => readonly number[];

export async function pickRowsPerStep(
  { matrix, groups, pace }: AggregationInput,
  ordered: boolean,
  pick: RowPicker,
): Promise<SeriesMatrix> {
  const steps = matrix.grid.count;
  const rowsOfGroup: number[][] = groups.labels.map(() => []);
  groups.ofRow.forEach((group, row) => rowsOfGroup[group]!.push(row));
  const output = new RowList(matrix.grid);
  const firstCells = new Int32Array(matrix.labels.length).fill(-1);
  for (const rows of rowsOfGroup) {
    for (let step = 0; step < steps; step++) {
      const present = rows.filter((row) => matrix.kinds[row * steps + step] !== ABSENT);
      for (const row of pick(present, step)) {
        if (firstCells[row] === -1) {
          firstCells[row] = output.addRow(matrix.labels[row]!, matrix.dropName[row] === 1);
        }
        const from = row * steps + step;
        const to = firstCells[row]! + step;
        if (matrix.kinds[from] === HISTOGRAM) output.setHistogram(to, matrix.histograms![from]!);
        else output.setFloat(to, matrix.values[from]!);
      }
      if (pace.spend(rows.length * PICK_UNITS)) await pace.pause();
    }
  }
  return dropEmptyRows(output.finish(ordered), pace);
}
