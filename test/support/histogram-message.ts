/** A plain encoder of native histograms in remote write, sharing nothing with the product's code. */
import type { FloatHistogram, HistogramSpan } from "#model/float-histogram.ts";
import { concat, double, field, integer, varint } from "./proto-wire.ts";

const HINTS = ["unknown", "reset", "not_reset", "gauge"];

/** As Prometheus sends it: lists packed. `isInteger`: counts are whole, and go as differences. */
export function histogramMessage(
  histogram: FloatHistogram,
  timestampMs: number,
  isInteger: boolean,
): Uint8Array {
  const { count, zeroCount, zeroThreshold, sum, stale, schema, customValues } = histogram;
  const counts = (deltas: number, buckets: Float64Array): Uint8Array =>
    isInteger
      ? list(
          deltas,
          [...buckets].map((one, i) => signed(one - (buckets[i - 1] ?? 0))),
        )
      : list(
          deltas + 1,
          [...buckets].map((one) => double(0, one).subarray(1)),
        );
  return concat([
    isInteger ? integer(1, count) : double(2, count),
    stale ? Uint8Array.of((3 << 3) | 1, 2, 0, 0, 0, 0, 0, 0xf0, 0x7f) : double(3, sum),
    Uint8Array.of(4 << 3),
    signed(schema),
    double(5, zeroThreshold),
    isInteger ? integer(6, zeroCount) : double(7, zeroCount),
    spans(8, histogram.negativeSpans),
    counts(9, histogram.negativeBuckets),
    spans(11, histogram.positiveSpans),
    counts(12, histogram.positiveBuckets),
    integer(14, HINTS.indexOf(histogram.counterResetHint)),
    integer(15, timestampMs),
    concat([Uint8Array.of(0x82, 0x01), varint(BigInt(8 * customValues.length))]),
    new Uint8Array(customValues.slice().buffer),
  ]);
}

function spans(number: number, all: readonly HistogramSpan[]): Uint8Array {
  return concat(
    all.map(({ offset, length }) =>
      field(number, concat([Uint8Array.of(8), signed(offset), integer(2, length)])),
    ),
  );
}

function list(number: number, items: readonly Uint8Array[]): Uint8Array {
  return items.length === 0 ? new Uint8Array(0) : field(number, concat(items));
}

function signed(value: number): Uint8Array {
  return varint(value < 0 ? -2n * BigInt(value) - 1n : 2n * BigInt(value));
}
