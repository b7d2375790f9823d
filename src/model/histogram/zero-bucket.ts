/**
 * Widening the zero bucket. Two histograms can only be combined when their zero buckets are equally
 * wide, so the narrower one takes in the buckets below the other's threshold. A threshold that
 * falls inside a populated bucket moves up to the end of that bucket.
 */
import { assert } from "#base/assert.ts";
import type { FloatHistogram } from "#model/float-histogram.ts";
import { exponentialBound } from "./bucket-bounds.ts";
import { type BucketSide, negativeSide, positiveSide } from "./bucket-side.ts";

export interface WideZeroBucket {
  readonly threshold: number;
  readonly count: number;
}

/** The zero bucket `histogram` would have with a threshold of at least `threshold`. */
export function widerZeroBucket(histogram: FloatHistogram, threshold: number): WideZeroBucket {
  const { schema, zeroThreshold, zeroCount } = histogram;
  assert(threshold >= zeroThreshold, () => `zero bucket: ${threshold} below ${zeroThreshold}`);
  if (threshold === zeroThreshold) return { threshold, count: zeroCount };
  const sides = [positiveSide(histogram), negativeSide(histogram)];
  const wide = settledThreshold(sides, schema, threshold);
  let count = zeroCount;
  for (const side of sides) {
    for (let i = 0; i < leadingWithin(side, schema, wide); i++) count += side.counts[i]!;
  }
  return { threshold: wide, count };
}

/** The smallest threshold not below `threshold` that no populated bucket straddles. */
export function settledThreshold(
  sides: readonly BucketSide[],
  schema: number,
  threshold: number,
): number {
  let wide = threshold;
  for (let moved = true; moved;) {
    moved = false;
    for (const side of sides) {
      const last = leadingWithin(side, schema, wide) - 1;
      if (last < 0 || side.counts[last] === 0) continue;
      const upper = exponentialBound(schema, side.indexes[last]!);
      if (upper > wide) {
        wide = upper;
        moved = true;
      }
    }
  }
  return wide;
}

/** How many leading buckets of a side begin below `threshold`. */
export function leadingWithin(side: BucketSide, schema: number, threshold: number): number {
  let count = 0;
  while (
    count < side.indexes.length &&
    exponentialBound(schema, side.indexes[count]! - 1) < threshold
  ) {
    count++;
  }
  return count;
}

/** The side from the first bucket on that ends above `threshold`. */
export function withoutLeading(side: BucketSide, schema: number, threshold: number): BucketSide {
  const { indexes, counts } = side;
  let from = 0;
  while (from < indexes.length && exponentialBound(schema, indexes[from]!) <= threshold) from++;
  return from === 0 ? side : { indexes: indexes.subarray(from), counts: counts.subarray(from) };
}
