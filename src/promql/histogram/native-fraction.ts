/** The share of a native histogram's observations between two values. */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { usesCustomBuckets } from "#model/histogram/bucket-bounds.ts";
import { type BucketList, bucketList } from "#model/histogram/bucket-list.ts";
import { fractionBelow } from "#model/histogram/fraction-below.ts";
import type { Annotations, TextRange } from "../annotations.ts";
import * as findings from "../findings.ts";

export function nativeFraction(
  lower: number,
  upper: number,
  histogram: FloatHistogram,
  metricName: string,
  annotations: Annotations,
  place: TextRange,
): number {
  if (histogram.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  const list = bucketList(histogram);
  let count = histogram.count;
  if (Number.isNaN(histogram.sum)) {
    count = list.counts.reduce((total, one) => total + one, 0);
    if (count < histogram.count) annotations.info(findings.fractionNans(metricName), place);
  }
  const below = (value: number): number =>
    Math.min(countBelow(histogram, list, value) ?? count, count);
  return (below(upper) - below(lower)) / histogram.count;
}

/** Observations at or below a value; null when it lies above every bucket. */
function countBelow(histogram: FloatHistogram, list: BucketList, value: number): number | null {
  const custom = usesCustomBuckets(histogram);
  let count = 0;
  for (let i = 0; i < list.length; i++) {
    let low = list.lower[i]!;
    let high = list.upper[i]!;
    const holdsZero = low <= 0 && high >= 0;
    if (holdsZero) {
      // With buckets on one side only, the zero bucket is taken to end at 0.
      const positives = histogram.positiveBuckets.length;
      const negatives = histogram.negativeBuckets.length;
      if (negatives === 0 && positives > 0) low = 0;
      else if (positives === 0 && negatives > 0) high = 0;
    }
    if (low >= value) return count;
    const inBucket = list.counts[i]!;
    if (high > value) {
      const linear = custom || holdsZero;
      // An infinite bucket cannot be divided; all of it counts as below.
      if (linear && low === Number.NEGATIVE_INFINITY) return inBucket;
      return count + inBucket * fractionBelow(low, high, value, linear);
    }
    count += inBucket;
  }
  return null;
}
