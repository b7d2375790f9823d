/**
 * Quantiles of a native histogram. Inside a bucket the position is linear for custom buckets and
 * the zero bucket and logarithmic for the others. A zero bucket with populated buckets on one side
 * only ends at 0. Observations of NaN are counted but in no bucket, so they rank above all.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { usesCustomBuckets } from "#model/histogram/bucket-bounds.ts";
import { type BucketList, bucketList } from "#model/histogram/bucket-list.ts";
import type { Annotations, TextRange } from "../annotations.ts";
import * as findings from "../findings.ts";

export function nativeQuantile(
  quantile: number,
  histogram: FloatHistogram,
  metricName: string,
  annotations: Annotations,
  place: TextRange,
): number {
  if (quantile < 0) return Number.NEGATIVE_INFINITY;
  if (quantile > 1) return Number.POSITIVE_INFINITY;
  if (histogram.count === 0 || Number.isNaN(quantile)) return Number.NaN;
  const list = bucketList(histogram);
  const hasNans = Number.isNaN(histogram.sum);
  // From the nearer end, which is more accurate; NaN observations hide beyond the upper one.
  const upwards = hasNans || quantile < 0.5;
  const rank = (upwards ? quantile : 1 - quantile) * histogram.count;
  const found = findBucket(list, rank, upwards);
  const bucket = boundsOf(histogram, list, found.at);
  if (bucket.result !== null) return bucket.result;
  const count = Math.min(found.count, histogram.count);
  if (count < rank) {
    if (!hasNans) return bucket.upper;
    annotations.info(findings.quantileNanResult(metricName), place);
    return Number.NaN;
  }
  const inBucket = found.at < 0 ? 0 : list.counts[found.at]!;
  if (hasNans && found.count + rest(list, found.at) < histogram.count) {
    annotations.info(findings.quantileNanSkew(metricName), place);
  }
  const fraction = (upwards ? rank - (count - inBucket) : count - rank) / inBucket;
  return interpolate(bucket.lower, bucket.upper, fraction, usesCustomBuckets(histogram));
}

interface FoundBucket {
  /** Index in the list, -1 when it has no populated bucket. */
  readonly at: number;
  /** Observations up to and with this bucket, in the direction of the search. */
  readonly count: number;
}

/** The first bucket with which the count reaches `rank`, else the last one visited. */
function findBucket(list: BucketList, rank: number, upwards: boolean): FoundBucket {
  let count = 0;
  let at = -1;
  for (let i = 0; i < list.length; i++) {
    at = upwards ? i : list.length - 1 - i;
    if (list.counts[at] === 0) continue;
    count += list.counts[at]!;
    if (count >= rank) break;
  }
  return { at, count };
}

/** Observations above bucket `at`. */
function rest(list: BucketList, at: number): number {
  let count = 0;
  for (let i = at + 1; i < list.length; i++) count += list.counts[i]!;
  return count;
}

interface BucketBounds {
  readonly lower: number;
  readonly upper: number;
  /** Set when the bounds alone give the answer. */
  readonly result: number | null;
}

function boundsOf(histogram: FloatHistogram, list: BucketList, at: number): BucketBounds {
  let lower = at < 0 ? 0 : list.lower[at]!;
  let upper = at < 0 ? 0 : list.upper[at]!;
  let result: number | null = null;
  if (usesCustomBuckets(histogram)) {
    if (lower === Number.NEGATIVE_INFINITY) {
      if (upper <= 0) result = upper;
      lower = 0;
    } else if (upper === Number.POSITIVE_INFINITY) {
      result = lower;
    }
  } else if (lower < 0 && upper > 0) {
    const positives = histogram.positiveBuckets.length;
    const negatives = histogram.negativeBuckets.length;
    if (negatives === 0 && positives > 0) lower = 0;
    else if (positives === 0 && negatives > 0) upper = 0;
  }
  return { lower, upper, result };
}

function interpolate(lower: number, upper: number, fraction: number, custom: boolean): number {
  if (custom || (lower <= 0 && upper >= 0)) return lower + (upper - lower) * fraction;
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  if (lower > 0) return 2 ** (logLower + (logUpper - logLower) * fraction);
  return -(2 ** (logUpper + (logLower - logUpper) * (1 - fraction)));
}
