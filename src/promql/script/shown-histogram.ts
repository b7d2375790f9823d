/**
 * What the query API shows of a histogram: count, sum and the bounds and counts of its populated
 * buckets, as a histogram with custom buckets. Two histograms that look alike there give the same.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { CUSTOM_BUCKETS_SCHEMA } from "#model/float-histogram.ts";
import { bucketList } from "#model/histogram/bucket-list.ts";
import { makeHistogram } from "#model/histogram/make-histogram.ts";

export interface ShownBucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

/** In ascending order, none in another. */
export function histogramOfBuckets(
  count: number,
  sum: number,
  buckets: readonly ShownBucket[],
): FloatHistogram {
  const edges = new Set(buckets.flatMap(({ lower, upper }) => [lower, upper]));
  const bounds = [...edges].filter(Number.isFinite).sort((a, b) => a - b);
  const placeOf = (upper: number): number =>
    upper === Number.POSITIVE_INFINITY ? bounds.length : bounds.indexOf(upper);
  return makeHistogram({
    schema: CUSTOM_BUCKETS_SCHEMA,
    count,
    sum,
    customValues: Float64Array.from(bounds),
    positive: {
      indexes: Int32Array.from(buckets, ({ upper }) => placeOf(upper)),
      counts: Float64Array.from(buckets, (bucket) => bucket.count),
    },
  });
}

export function shownHistogram(histogram: FloatHistogram): FloatHistogram {
  const { length, lower, upper, counts } = bucketList(histogram);
  const buckets: ShownBucket[] = [];
  for (let i = 0; i < length; i++) {
    if (counts[i] === 0) continue;
    buckets.push({ lower: lower[i]!, upper: upper[i]!, count: counts[i]! });
  }
  return histogramOfBuckets(histogram.count, histogram.sum, buckets);
}
