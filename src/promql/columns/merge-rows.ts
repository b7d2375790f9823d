/**
 * What happens when label sets of rows have changed: rows that became equal are one series if they
 * never have a sample at the same step, else an error.
 */
import { labelsKey } from "#model/labels.ts";
import type { Pace } from "../pace.ts";
import { duplicateSeriesError } from "../query-errors.ts";
import { MatrixBuilder } from "./matrix-builder.ts";
import { inRowSlices } from "./row-slices.ts";
import { ABSENT, type SeriesMatrix } from "./series-matrix.ts";

/** Cost of making and looking up the key of a row, in cells. */
const KEY_UNITS = 64;

export async function hasEqualRows(matrix: SeriesMatrix, pace: Pace): Promise<boolean> {
  const { labels } = matrix;
  const seen = new Set<string>();
  await inRowSlices(labels.length, KEY_UNITS, pace, (from, to) => {
    for (let row = from; row < to; row++) seen.add(labelsKey(labels[row]!));
  });
  return seen.size < labels.length;
}

/** The matrix itself when all rows differ. */
export async function mergeEqualRows(matrix: SeriesMatrix, pace: Pace): Promise<SeriesMatrix> {
  if (!(await hasEqualRows(matrix, pace))) return matrix;
  const { count } = matrix.grid;
  const { labels, kinds, dropName } = matrix;
  const builder = new MatrixBuilder(matrix.grid, labels.length);
  await inRowSlices(labels.length, count + KEY_UNITS, pace, (from, to) => {
    for (let row = from; row < to; row++) {
      const first = builder.row(labels[row]!, dropName[row] === 1);
      for (let step = 0; step < count; step++) {
        const cell = row * count + step;
        if (kinds[cell] !== ABSENT) builder.copy(first + step, matrix, cell);
      }
    }
  });
  return builder.finish(matrix.ordered);
}

/** For operators that never merge. */
export async function assertRowsDiffer(matrix: SeriesMatrix, pace: Pace): Promise<void> {
  if (await hasEqualRows(matrix, pace)) throw duplicateSeriesError();
}
