/** Equality of data, bit for bit in counts and sums; spans and empty buckets do not matter. */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { type BucketSide, negativeSide, positiveSide } from "./bucket-side.ts";
import { withoutEmpty } from "./compact-histogram.ts";

export function equalHistograms(a: FloatHistogram, b: FloatHistogram): boolean {
  return (
    a.schema === b.schema &&
    Object.is(a.count, b.count) &&
    Object.is(a.sum, b.sum) &&
    equalBounds(a.customValues, b.customValues) &&
    a.zeroThreshold === b.zeroThreshold &&
    Object.is(a.zeroCount, b.zeroCount) &&
    equalSides(withoutEmpty(negativeSide(a)), withoutEmpty(negativeSide(b))) &&
    equalSides(withoutEmpty(positiveSide(a)), withoutEmpty(positiveSide(b)))
  );
}

export function equalBounds(a: Float64Array, b: Float64Array): boolean {
  return a === b || (a.length === b.length && a.every((bound, i) => bound === b[i]));
}

function equalSides(a: BucketSide, b: BucketSide): boolean {
  if (a.counts.length !== b.counts.length) return false;
  for (let i = 0; i < a.counts.length; i++) {
    if (a.indexes[i] !== b.indexes[i] || !Object.is(a.counts[i], b.counts[i])) return false;
  }
  return true;
}
