/**
 * Walks the rows of a matrix in slices and lets the query pause between them, so that work over
 * millions of cells is no one long stretch.
 */
import type { Pace } from "../pace.ts";

/** Work units of a slice: about a millisecond of plain work over cells. */
const SLICE_UNITS = 65_536;

/** `unitsPerRow` says what a row costs, in cells; `work` gets half-open ranges of rows. */
export async function inRowSlices(
  rowCount: number,
  unitsPerRow: number,
  pace: Pace,
  work: (fromRow: number, toRow: number) => void,
): Promise<void> {
  const rowsPerSlice = Math.max(1, Math.floor(SLICE_UNITS / Math.max(1, unitsPerRow)));
  for (let from = 0; from < rowCount; from += rowsPerSlice) {
    const to = Math.min(rowCount, from + rowsPerSlice);
    work(from, to);
    if (pace.spend((to - from) * unitsPerRow)) await pace.pause();
  }
}
