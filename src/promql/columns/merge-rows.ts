/**
 * What happens when label sets of rows have changed: rows that became equal are one series if they
 * never have a sample at the same step, else an error.
 */
import { labelsKey } from "#model/labels.ts";
import { duplicateSeriesError } from "../query-errors.ts";
import { MatrixBuilder } from "./matrix-builder.ts";
import { ABSENT, type SeriesMatrix } from "./series-matrix.ts";

export function hasEqualRows(matrix: SeriesMatrix): boolean {
  if (matrix.labels.length < 2) return false;
  const seen = new Set<string>();
  for (const labels of matrix.labels) {
    const key = labelsKey(labels);
    if (seen.has(key)) return true;
    seen.add(key);
  }
  return false;
}

/** The matrix itself when all rows differ. */
export function mergeEqualRows(matrix: SeriesMatrix): SeriesMatrix {
  if (!hasEqualRows(matrix)) return matrix;
  const { count } = matrix.grid;
  const builder = new MatrixBuilder(matrix.grid, matrix.labels.length);
  matrix.labels.forEach((labels, row) => {
    const first = builder.row(labels, matrix.dropName[row] === 1);
    for (let step = 0; step < count; step++) {
      const cell = row * count + step;
      if (matrix.kinds[cell] !== ABSENT) builder.copy(first + step, matrix, cell);
    }
  });
  return builder.finish(matrix.ordered);
}

/** For operators that never merge. */
export function assertRowsDiffer(matrix: SeriesMatrix): void {
  if (hasEqualRows(matrix)) throw duplicateSeriesError();
}
