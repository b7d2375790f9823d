/**
 * The refs that are in every one of at least one ascending list. Starts from the shortest and
 * searches the others by doubling steps, so the cost follows the shortest list.
 */
export function intersectRefs(lists: readonly Uint32Array[]): Uint32Array {
  const [shortest, ...others] = lists.toSorted((a, b) => a.length - b.length);
  let result = shortest!;
  for (const other of others) result = intersectPair(result, other);
  return result;
}

function intersectPair(few: Uint32Array, many: Uint32Array): Uint32Array {
  const kept = new Uint32Array(few.length);
  let count = 0;
  let at = 0;
  for (const ref of few) {
    at = firstNotBelow(many, ref, at);
    if (at === many.length) break;
    if (many[at] === ref) kept[count++] = ref;
  }
  return kept.subarray(0, count);
}

/** Index of the first entry >= `ref` at or after `from`. */
function firstNotBelow(refs: Uint32Array, ref: number, from: number): number {
  let step = 1;
  let low = from;
  while (low + step < refs.length && refs[low + step]! < ref) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, refs.length);
  // Everything below `low` is smaller; `high` is not, or is the end.
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (refs[middle]! < ref) low = middle + 1;
    else high = middle;
  }
  return low;
}
