/** A native histogram as a message of remote write 1.0, with counts that need not be whole. */
import type { CounterResetHint, FloatHistogram, HistogramSpan } from "#model/float-histogram.ts";
import { doubleField, doubles, field, joined, signedField, varintField } from "./proto-bytes.ts";

const HINTS: Readonly<Record<CounterResetHint, bigint>> = {
  unknown: 0n,
  reset: 1n,
  not_reset: 2n,
  gauge: 3n,
};

export function histogramBytes(timeMs: number, histogram: FloatHistogram): Uint8Array {
  const { customValues } = histogram;
  return joined([
    doubleField(2, histogram.count),
    doubleField(3, histogram.sum),
    signedField(4, histogram.schema),
    doubleField(5, histogram.zeroThreshold),
    doubleField(7, histogram.zeroCount),
    ...histogram.negativeSpans.map((span) => field(8, spanBytes(span))),
    field(10, doubles(histogram.negativeBuckets)),
    ...histogram.positiveSpans.map((span) => field(11, spanBytes(span))),
    field(13, doubles(histogram.positiveBuckets)),
    varintField(14, HINTS[histogram.counterResetHint]),
    varintField(15, BigInt(timeMs)),
    ...(customValues.length === 0 ? [] : [field(16, doubles(customValues))]),
  ]);
}

function spanBytes({ offset, length }: HistogramSpan): Uint8Array {
  return joined([signedField(1, offset), varintField(2, BigInt(length))]);
}
