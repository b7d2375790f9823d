/**
 * The best few rows by value, as Prometheus picks them: a binary heap with the worst on top takes
 * the first rows, later ones replace the top when they are better. Which of several equal rows stay
 * follows from how the heap moves them, so it moves them in just that way. NaN is worst.
 */

/** `isWorse` orders numbers that are not NaN. Returns the picked rows in no order. */
export function bestRows(
  rows: readonly number[],
  count: number,
  valueOf: (row: number) => number,
  isWorse: (a: number, b: number) => boolean,
): number[] {
  if (count >= rows.length) return [...rows];
  const heap: number[] = [];
  const goesUp = (a: number, b: number): boolean => {
    const value = valueOf(heap[a]!);
    return Number.isNaN(value) || isWorse(value, valueOf(heap[b]!));
  };
  for (const row of rows) {
    if (heap.length < count) {
      heap.push(row);
      rise(heap, heap.length - 1, goesUp);
      continue;
    }
    const [top, value] = [valueOf(heap[0]!), valueOf(row)];
    if (!isWorse(top, value) && !(Number.isNaN(top) && !Number.isNaN(value))) continue;
    heap[0] = row;
    sink(heap, 0, goesUp);
  }
  return heap;
}

type GoesUp = (a: number, b: number) => boolean;

function rise(heap: number[], from: number, goesUp: GoesUp): void {
  for (let at = from; at > 0;) {
    const parent = (at - 1) >> 1;
    if (!goesUp(at, parent)) return;
    swap(heap, at, parent);
    at = parent;
  }
}

function sink(heap: number[], from: number, goesUp: GoesUp): void {
  for (let at = from; ;) {
    let child = at * 2 + 1;
    if (child >= heap.length) return;
    if (child + 1 < heap.length && goesUp(child + 1, child)) child++;
    if (!goesUp(child, at)) return;
    swap(heap, at, child);
    at = child;
  }
}

function swap(heap: number[], a: number, b: number): void {
  [heap[a], heap[b]] = [heap[b]!, heap[a]!];
}
