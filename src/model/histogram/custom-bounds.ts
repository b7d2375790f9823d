/**
 * Reconciling custom buckets with different bounds: both histograms are mapped to the bounds they
 * share, every bucket going to the first shared bound at or above its own, else to +Inf.
 */
import { type BucketSide } from "./bucket-side.ts";

export function sharedBounds(a: Float64Array, b: Float64Array): Float64Array {
  const shared: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) {
      shared.push(a[i]!);
      i++;
      j++;
    } else if (a[i]! < b[j]!) i++;
    else j++;
  }
  return Float64Array.from(shared);
}

/** Target bucket in `shared` of every bucket of a side laid out by `bounds`; ascending. */
export function mapToShared(
  side: BucketSide,
  bounds: Float64Array,
  shared: Float64Array,
): Int32Array {
  const targets = new Int32Array(side.indexes.length);
  let at = 0;
  for (let i = 0; i < targets.length; i++) {
    const index = side.indexes[i]!;
    const bound = index < bounds.length ? bounds[index]! : Number.POSITIVE_INFINITY;
    while (at < shared.length && shared[at]! < bound) at++;
    targets[i] = at;
  }
  return targets;
}
