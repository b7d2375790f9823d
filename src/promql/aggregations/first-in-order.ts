/**
 * The first few items in an order without sorting all: a heap of the best so far, the worst of them
 * on top, through which every item passes once.
 */
export function firstInOrder(
  items: readonly number[],
  count: number,
  order: (a: number, b: number) => number,
): number[] {
  if (count <= 0) return [];
  // A heap as large as the input would only be a slow sort.
  if (count * 2 >= items.length) return items.toSorted(order).slice(0, count);
  const heap = items.slice(0, count);
  for (let at = (count >> 1) - 1; at >= 0; at--) sink(heap, at, order);
  for (let i = count; i < items.length; i++) {
    if (order(items[i]!, heap[0]!) >= 0) continue;
    heap[0] = items[i]!;
    sink(heap, 0, order);
  }
  return heap.sort(order);
}

/** Moves the item at `at` down until no child is worse. */
function sink(heap: number[], at: number, order: (a: number, b: number) => number): void {
  const item = heap[at]!;
  let hole = at;
  for (;;) {
    let child = hole * 2 + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && order(heap[child + 1]!, heap[child]!) > 0) child++;
    if (order(heap[child]!, item) <= 0) break;
    heap[hole] = heap[child]!;
    hole = child;
  }
  heap[hole] = item;
}
