/**
 * Whether a histogram that came from outside says one thing only: the rules of Prometheus. Nothing
 * else in the system looks again, so nothing is stored that was not judged here.
 */
import {
  CUSTOM_BUCKETS_SCHEMA,
  type FloatHistogram,
  type HistogramSpan,
} from "#model/float-histogram.ts";

/** Bucket indexes are 32-bit numbers. */
const INDEX_MIN: number = -(2 ** 31);
const INDEX_MAX: number = 2 ** 31 - 1;

/** Finer schemas than the finest are for receivers to make coarser. */
export const HISTOGRAM_SCHEMA_FINEST_KNOWN = 52;
const SCHEMA_COARSEST = -4;

/** Why it cannot be stored, or null. `isInteger`: the sender counted whole observations. */
export function histogramFault(histogram: FloatHistogram, isInteger: boolean): string | null {
  const { schema, positiveSpans, positiveBuckets } = histogram;
  const isCustom = schema === CUSTOM_BUCKETS_SCHEMA;
  if (!isCustom && (schema < SCHEMA_COARSEST || schema > HISTOGRAM_SCHEMA_FINEST_KNOWN)) {
    return `schema ${schema}, want ${SCHEMA_COARSEST} to 8 or ${CUSTOM_BUCKETS_SCHEMA}`;
  }
  return (
    sideFault("positive", positiveSpans, positiveBuckets) ??
    sideFault("negative", histogram.negativeSpans, histogram.negativeBuckets) ??
    (isCustom ? customFault(histogram) : exponentialFault(histogram)) ??
    countFault(histogram, isInteger)
  );
}

function sideFault(
  side: string,
  spans: readonly HistogramSpan[],
  counts: Float64Array,
): string | null {
  let index = 0;
  let buckets = 0;
  for (const [i, { offset, length }] of spans.entries()) {
    if (i > 0 && offset < 0) return `${side} span ${i + 1} begins inside the one before`;
    index += offset;
    buckets += length;
    if (index < INDEX_MIN || index + length - 1 > INDEX_MAX) {
      return `${side} span ${i + 1} passes the bucket indexes of 32 bits`;
    }
    index += length;
  }
  if (buckets !== counts.length) {
    return `${side} spans of ${buckets} buckets, got ${counts.length} counts`;
  }
  const below = counts.findIndex((count) => count < 0);
  return below < 0 ? null : `${side} bucket ${below + 1} counts ${counts[below]}`;
}

function exponentialFault({ customValues }: FloatHistogram): string | null {
  return customValues.length === 0 ? null : "custom bounds beside an exponential schema";
}

function customFault(histogram: FloatHistogram): string | null {
  const { customValues: bounds, positiveSpans: spans } = histogram;
  for (let i = 0; i < bounds.length; i++) {
    const bound = bounds[i]!;
    if (!Number.isFinite(bound)) return `custom bound ${i + 1} is ${bound}, want a finite one`;
    if (i > 0 && bound <= bounds[i - 1]!) {
      return `custom bound ${i + 1} is ${bound}, after ${bounds[i - 1]}`;
    }
  }
  if ((spans[0]?.offset ?? 0) < 0) return "positive span 1 begins before the first custom bucket";
  // Beyond the last bound one more bucket goes up to infinity.
  const reach = spans.reduce((sum, { offset, length }) => sum + offset + length, 0);
  if (reach > bounds.length + 1) return `${bounds.length} custom bounds, got ${reach} buckets`;
  const hasZeroBucket = histogram.zeroCount !== 0 || histogram.zeroThreshold !== 0;
  if (hasZeroBucket) return "a zero bucket beside custom bounds";
  const hasNegative = histogram.negativeSpans.length > 0 || histogram.negativeBuckets.length > 0;
  return hasNegative ? "negative buckets beside custom bounds" : null;
}

/** Sums of floats are off by rounding, so only whole ones are held against the total. */
function countFault(histogram: FloatHistogram, isInteger: boolean): string | null {
  const { count, zeroCount, sum } = histogram;
  if (count < 0) return `count ${count}`;
  if (zeroCount < 0) return `zero count ${zeroCount}`;
  if (!isInteger) return null;
  const inBuckets = total(histogram.positiveBuckets) + total(histogram.negativeBuckets) + zeroCount;
  // What was observed as NaN is in no bucket, but it is in the count and makes the sum one.
  const fits = Number.isNaN(sum) ? inBuckets <= count : inBuckets === count;
  return fits ? null : `count ${count}, got ${inBuckets} observations in buckets`;
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
