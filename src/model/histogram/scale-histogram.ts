/**
 * Multiplying and dividing a native histogram by a number: every count and the sum scale, the
 * layout stays. A negative factor makes a gauge.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";

export function multiplyHistogram(histogram: FloatHistogram, factor: number): FloatHistogram {
  return {
    ...histogram,
    counterResetHint: factor < 0 ? "gauge" : histogram.counterResetHint,
    count: histogram.count * factor,
    sum: histogram.sum * factor,
    zeroCount: histogram.zeroCount * factor,
    positiveBuckets: histogram.positiveBuckets.map((count) => count * factor),
    negativeBuckets: histogram.negativeBuckets.map((count) => count * factor),
  };
}

/** Division by zero leaves infinite (or NaN) totals and no buckets. */
export function divideHistogram(histogram: FloatHistogram, divisor: number): FloatHistogram {
  const noBuckets = divisor === 0;
  return {
    ...histogram,
    counterResetHint: divisor < 0 ? "gauge" : histogram.counterResetHint,
    count: histogram.count / divisor,
    sum: histogram.sum / divisor,
    zeroCount: histogram.zeroCount / divisor,
    positiveSpans: noBuckets ? [] : histogram.positiveSpans,
    positiveBuckets: divideAll(histogram.positiveBuckets, divisor),
    negativeSpans: noBuckets ? [] : histogram.negativeSpans,
    negativeBuckets: divideAll(histogram.negativeBuckets, divisor),
  };
}

function divideAll(counts: Float64Array, divisor: number): Float64Array {
  return divisor === 0 ? new Float64Array(0) : counts.map((count) => count / divisor);
}
