/**
 * All buckets of a histogram in ascending order of value as columns: negative ones, the zero bucket
 * if it is populated, positive ones. Bounds that overlap the zero bucket are cut to its edge. Empty
 * buckets are included where the layout has them.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { bucketBound, usesCustomBuckets } from "./bucket-bounds.ts";
import { negativeSide, positiveSide } from "./bucket-side.ts";

/** Which ends of a bucket belong to it, as the query API numbers it; 2, neither, does not occur. */
export const OPEN_LEFT = 0;
export const OPEN_RIGHT = 1;
export const CLOSED_BOTH = 3;

export interface BucketList {
  readonly length: number;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly counts: Float64Array;
  /** One of the three constants above. */
  readonly edges: Uint8Array;
}

export function bucketList(histogram: FloatHistogram): BucketList {
  const negative = negativeSide(histogram);
  const positive = positiveSide(histogram);
  const { schema, customValues, zeroThreshold, zeroCount } = histogram;
  const length = negative.counts.length + positive.counts.length + (zeroCount > 0 ? 1 : 0);
  const list: BucketList = {
    length,
    lower: new Float64Array(length),
    upper: new Float64Array(length),
    counts: new Float64Array(length),
    edges: new Uint8Array(length),
  };
  const custom = usesCustomBuckets(histogram);
  let at = 0;
  for (let i = negative.counts.length - 1; i >= 0; i--, at++) {
    const index = negative.indexes[i]!;
    list.lower[at] = -bucketBound(schema, customValues, index);
    list.upper[at] = Math.min(-bucketBound(schema, customValues, index - 1), -zeroThreshold);
    list.counts[at] = negative.counts[i]!;
    list.edges[at] = OPEN_RIGHT;
  }
  if (zeroCount > 0) {
    list.lower[at] = -zeroThreshold;
    list.upper[at] = zeroThreshold;
    list.counts[at] = zeroCount;
    list.edges[at++] = CLOSED_BOTH;
  }
  for (let i = 0; i < positive.counts.length; i++, at++) {
    const index = positive.indexes[i]!;
    const lower = bucketBound(schema, customValues, index - 1);
    list.lower[at] = custom ? lower : Math.max(lower, zeroThreshold);
    list.upper[at] = bucketBound(schema, customValues, index);
    list.counts[at] = positive.counts[i]!;
    list.edges[at] = custom && index === 0 ? CLOSED_BOTH : OPEN_LEFT;
  }
  return list;
}
