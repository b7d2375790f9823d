/**
 * `absent` and `absent_over_time`: one series with the value 1 at every step where the argument has
 * no sample at all, labelled with what the selector pins down.
 */
import type { Labels } from "#model/labels.ts";
import { RowList } from "../columns/row-list.ts";
import { inRowSlices } from "../columns/row-slices.ts";
import { ABSENT, emptyMatrix, type SeriesMatrix } from "../columns/series-matrix.ts";
import type { Pace } from "../pace.ts";

export async function absentOver(
  matrix: SeriesMatrix,
  labels: Labels,
  pace: Pace,
): Promise<SeriesMatrix> {
  const { grid, kinds } = matrix;
  const present = new Uint8Array(grid.count);
  await inRowSlices(matrix.labels.length, grid.count, pace, (from, to) => {
    for (let cell = from * grid.count; cell < to * grid.count; cell++) {
      if (kinds[cell] !== ABSENT) present[cell % grid.count] = 1;
    }
  });
  if (!present.includes(0)) return emptyMatrix(grid);
  const rows = new RowList(grid, 1);
  const first = rows.addRow(labels, false);
  for (let step = 0; step < grid.count; step++) {
    if (present[step] === 0) rows.setFloat(first + step, 1);
  }
  return rows.finish();
}
