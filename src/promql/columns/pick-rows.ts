/** A matrix of some rows of another one, copied in slices: a large one takes its time. */
import type { Pace } from "../pace.ts";
import { inRowSlices } from "./row-slices.ts";
import { rowHasSamples, type SeriesMatrix } from "./series-matrix.ts";

/** The chosen rows, in that order. */
export async function pickRows(
  matrix: SeriesMatrix,
  rows: readonly number[],
  pace: Pace,
  ordered: boolean = matrix.ordered,
): Promise<SeriesMatrix> {
  const { count } = matrix.grid;
  const picked: SeriesMatrix = {
    grid: matrix.grid,
    labels: rows.map((row) => matrix.labels[row]!),
    dropName: Uint8Array.from(rows, (row) => matrix.dropName[row]!),
    kinds: new Uint8Array(rows.length * count),
    values: new Float64Array(rows.length * count),
    histograms: matrix.histograms === null ? null : [],
    ordered,
  };
  await inRowSlices(rows.length, count, pace, (first, end) => {
    for (let at = first; at < end; at++) {
      const from = rows[at]! * count;
      picked.kinds.set(matrix.kinds.subarray(from, from + count), at * count);
      picked.values.set(matrix.values.subarray(from, from + count), at * count);
      for (let i = 0; i < count && matrix.histograms !== null; i++) {
        picked.histograms!.push(matrix.histograms[from + i] ?? null);
      }
    }
  });
  return picked;
}

/** Without the rows that have no sample at any step; the same matrix when there are none. */
export async function dropEmptyRows(matrix: SeriesMatrix, pace: Pace): Promise<SeriesMatrix> {
  const rows: number[] = [];
  await inRowSlices(matrix.labels.length, matrix.grid.count, pace, (from, to) => {
    for (let row = from; row < to; row++) if (rowHasSamples(matrix, row)) rows.push(row);
  });
  return rows.length === matrix.labels.length ? matrix : pickRows(matrix, rows, pace);
}
