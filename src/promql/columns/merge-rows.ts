/**
 * What happens when label sets of rows have changed: rows that became equal are one series if they
 * never have a sample at the same step, else an error. Whether the name of that series is to be
 * removed is up to the row with the earliest sample.
 */
import { labelsKey } from "#model/labels.ts";
import type { Pace } from "../pace.ts";
import { MatrixBuilder } from "./matrix-builder.ts";
import { inRowSlices } from "./row-slices.ts";
import { ABSENT, type SeriesMatrix } from "./series-matrix.ts";

/** Cost of making and looking up the key of a row, in cells. */
const KEY_UNITS = 64;

async function hasEqualRows(matrix: SeriesMatrix, pace: Pace): Promise<boolean> {
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
  const earliest = await earliestRows(matrix, pace);
  await inRowSlices(labels.length, count + KEY_UNITS, pace, (from, to) => {
    for (let row = from; row < to; row++) {
      const first = builder.row(labels[row]!, dropName[earliest[row]!] === 1);
      for (let step = 0; step < count; step++) {
        const cell = row * count + step;
        if (kinds[cell] !== ABSENT) builder.copy(first + step, matrix, cell);
      }
    }
  });
  return builder.finish(pace, matrix.ordered);
}

/** For each row the one of its equals that has the earliest sample. */
async function earliestRows(matrix: SeriesMatrix, pace: Pace): Promise<Int32Array> {
  const { grid, labels, kinds } = matrix;
  const starts = new Int32Array(labels.length);
  const byKey = new Map<string, number>();
  const keys: string[] = [];
  await inRowSlices(labels.length, grid.count + KEY_UNITS, pace, (from, to) => {
    for (let row = from; row < to; row++) {
      let step = 0;
      while (step < grid.count && kinds[row * grid.count + step] === ABSENT) step++;
      starts[row] = step;
      const key = (keys[row] = labelsKey(labels[row]!));
      const other = byKey.get(key);
      if (other === undefined || step < starts[other]!) byKey.set(key, row);
    }
  });
  return Int32Array.from(keys, (key) => byKey.get(key)!);
}
