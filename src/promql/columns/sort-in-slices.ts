/**
 * Sorting with pauses: runs are sorted each in one go and then merged pairwise, so that ordering
 * millions of label sets does not hold the thread. Stable, like `Array.prototype.sort`.
 */
import type { Pace } from "../pace.ts";

/** Items sorted in one go: well under a millisecond. */
const RUN_ITEMS = 2048;
/** Cost of one comparison of label sets, in cells. */
const COMPARE_UNITS = 32;

export async function sortInSlices(
  items: readonly number[],
  order: (a: number, b: number) => number,
  pace: Pace,
): Promise<number[]> {
  let runs: number[][] = [];
  for (let from = 0; from < items.length; from += RUN_ITEMS) {
    runs.push(items.slice(from, from + RUN_ITEMS).sort(order));
    if (pace.spend(RUN_ITEMS * COMPARE_UNITS)) await pace.pause();
  }
  while (runs.length > 1) {
    const merged: number[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const [a, b] = [runs[at]!, runs[at + 1]];
      merged.push(b === undefined ? a : await merge(a, b, order, pace));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge(
  a: readonly number[],
  b: readonly number[],
  order: (a: number, b: number) => number,
  pace: Pace,
): Promise<number[]> {
  const merged: number[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const takesA = j === b.length || (i < a.length && order(a[i]!, b[j]!) <= 0);
    merged.push(takesA ? a[i++]! : b[j++]!);
    if (merged.length % RUN_ITEMS === 0 && pace.spend(RUN_ITEMS * COMPARE_UNITS)) {
      await pace.pause();
    }
  }
  return merged;
}
