/**
 * Cutting a native histogram at a value: `</` keeps what was observed below it, `>/` what was
 * observed above. Whole buckets stay or go; the bucket that holds the value keeps a fraction,
 * interpolated as quantiles are. When anything was cut the sum is estimated anew from the middle
 * of what remains in each bucket.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { bucketBound, usesCustomBuckets } from "./bucket-bounds.ts";
import { type BucketSide, negativeSide, positiveSide, spansOf } from "./bucket-side.ts";
import { compactHistogram } from "./compact-histogram.ts";
import { fractionBelow } from "./fraction-below.ts";

export type TrimSide = "keep-below" | "keep-above";

interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

interface Kept {
  readonly count: number;
  /** Stands for every kept observation in the new sum. */
  readonly middle: number;
}

class Trim {
  readonly cut: number;
  readonly keep: TrimSide;
  readonly linear: boolean;
  count = 0;
  sum = 0;
  changed = false;

  constructor(cut: number, keep: TrimSide, linear: boolean) {
    this.cut = cut;
    this.keep = keep;
    this.linear = linear;
  }

  /** Takes over what `kept` leaves of a bucket and returns its new count. */
  take(before: number, kept: Kept): number {
    this.count += kept.count;
    this.sum += kept.middle * kept.count;
    if (kept.count !== before) this.changed = true;
    return kept.count;
  }
}

export function trimHistogram(
  histogram: FloatHistogram,
  cut: number,
  keep: TrimSide,
): FloatHistogram {
  const trim = new Trim(cut, keep, usesCustomBuckets(histogram));
  const positive = positiveSide(histogram);
  const negative = negativeSide(histogram);
  const positiveBuckets = trimSide(histogram, positive, 1, trim);
  const negativeBuckets = trimSide(histogram, negative, -1, trim);
  let { zeroCount } = histogram;
  if (zeroCount > 0) {
    zeroCount = trim.take(zeroCount, keptOfZero(histogram, trim, positive, negative));
  }
  if (!trim.changed) return histogram;
  return compactHistogram({
    ...histogram,
    count: trim.count,
    sum: trim.sum,
    zeroCount,
    positiveSpans: spansOf(positive.indexes),
    positiveBuckets,
    negativeSpans: spansOf(negative.indexes),
    negativeBuckets,
  });
}

function trimSide(
  histogram: FloatHistogram,
  side: BucketSide,
  sign: 1 | -1,
  trim: Trim,
): Float64Array {
  const { schema, customValues } = histogram;
  const counts = new Float64Array(side.counts.length);
  for (let i = 0; i < counts.length; i++) {
    const count = side.counts[i]!;
    if (count === 0) continue;
    const outer = sign * bucketBound(schema, customValues, side.indexes[i]!);
    const inner = sign * bucketBound(schema, customValues, side.indexes[i]! - 1);
    const bucket = { lower: Math.min(inner, outer), upper: Math.max(inner, outer), count };
    counts[i] = trim.take(count, keptOf(bucket, sign, trim));
  }
  return counts;
}

function keptOf(bucket: Bucket, sign: 1 | -1, trim: Trim): Kept {
  const { lower, upper, count } = bucket;
  const { cut, linear } = trim;
  const below = trim.keep === "keep-below";
  if (below ? upper <= cut : lower >= cut) {
    return { count, middle: middleOf(lower, upper, sign, linear) };
  }
  // Written so that a cut of NaN drops the bucket.
  if (!(below ? lower < cut : upper > cut)) return { count: 0, middle: 0 };
  if (lower === -Infinity || upper === Infinity) return keptOfInfinite(bucket, cut, below);
  const under = count * fractionBelow(lower, upper, cut, linear);
  return below
    ? { count: under, middle: middleOf(lower, cut, sign, linear) }
    : { count: count - under, middle: middleOf(cut, upper, sign, linear) };
}

/**
 * The distribution inside an infinite bucket is unknown. A first custom bucket with a positive
 * bound counts as starting at 0; for the rest the whole bucket goes or stays, whichever is safe.
 */
function keptOfInfinite({ lower, upper, count }: Bucket, cut: number, below: boolean): Kept {
  if (lower === -Infinity) {
    if (upper === Infinity) return { count: 0, middle: 0 };
    if (below) {
      if (cut > 0 && upper > 0) return { count: (count * cut) / upper, middle: cut / 2 };
      return upper <= 0 ? { count, middle: cut } : { count: 0, middle: upper };
    }
    if (cut >= 0) return { count: count * (1 - cut / upper), middle: (cut + upper) / 2 };
    return { count: 0, middle: upper };
  }
  return below ? { count: 0, middle: lower } : { count, middle: cut };
}

function keptOfZero(
  { zeroThreshold, zeroCount }: FloatHistogram,
  { cut, keep }: Trim,
  positive: BucketSide,
  negative: BucketSide,
): Kept {
  const hasPositive = positive.counts.some((count) => count !== 0);
  const hasNegative = negative.counts.some((count) => count !== 0);
  const lower = hasPositive && !hasNegative ? 0 : -zeroThreshold;
  const upper = hasNegative && !hasPositive ? 0 : zeroThreshold;
  const whole = { count: zeroCount, middle: (lower + upper) / 2 };
  const nothing = { count: 0, middle: 0 };
  if (cut <= lower) return keep === "keep-below" ? nothing : whole;
  if (cut >= upper) return keep === "keep-below" ? whole : nothing;
  const width = upper - lower;
  return keep === "keep-below"
    ? { count: (zeroCount * (cut - lower)) / width, middle: (lower + cut) / 2 }
    : { count: (zeroCount * (upper - cut)) / width, middle: (cut + upper) / 2 };
}

function middleOf(lower: number, upper: number, sign: 1 | -1, linear: boolean): number {
  if (!Number.isFinite(lower)) {
    if (!Number.isFinite(upper)) return 0;
    return upper > 0 ? upper / 2 : upper;
  }
  if (!Number.isFinite(upper)) return lower;
  return linear ? (lower + upper) / 2 : sign * Math.sqrt(Math.abs(lower * upper));
}
