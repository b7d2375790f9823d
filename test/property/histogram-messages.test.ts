/**
 * Messages of native histograms: what a plain encoder writes is stored as it was, and whatever bytes
 * come, the answer is a sound histogram or a reason.
 * Covers: src/tsdb/receiver/histogram-fields.ts src/tsdb/receiver/found-histogram.ts
 */
import fc from "fast-check";
import { decodeHistogram } from "#chunk/histogram/decode-histogram.ts";
import { encodeHistogram } from "#chunk/histogram/encode-histogram.ts";
import type { FloatHistogram } from "#model/float-histogram.ts";
import { histogramFault } from "#model/histogram/histogram-fault.ts";
import { makeHistogram } from "#model/histogram/make-histogram.ts";
import type { BucketSide } from "#model/histogram/bucket-side.ts";
import { histogramMessage } from "#test/support/histogram-message.ts";
import { foundHistogram } from "#tsdb/receiver/found-histogram.ts";
import { readHistogramFields } from "#tsdb/receiver/histogram-fields.ts";
import { expect, test } from "vitest";

const RUNS = 300;

const side: fc.Arbitrary<BucketSide> = fc
  .uniqueArray(fc.tuple(fc.integer({ min: -90, max: 90 }), fc.nat(1000)), {
    selector: ([index]) => index,
    maxLength: 12,
  })
  .map((buckets) => {
    buckets.sort(([a], [b]) => a - b);
    return {
      indexes: Int32Array.from(buckets, ([index]) => index),
      counts: Float64Array.from(buckets, ([, count]) => count),
    };
  });

/** Sound ones, so that only the way through the message is judged. */
const sound: fc.Arbitrary<FloatHistogram> = fc
  .record({
    schema: fc.integer({ min: -4, max: 8 }),
    counterResetHint: fc.constantFrom("unknown", "reset", "not_reset", "gauge"),
    sum: fc.double({ noNaN: true }),
    zeroThreshold: fc.constantFrom(0, 0.001),
    zeroCount: fc.nat(9),
    positive: side,
    negative: side,
  })
  .map((parts) => {
    const counts = [...parts.positive.counts, ...parts.negative.counts, parts.zeroCount];
    return makeHistogram({ ...parts, count: counts.reduce((a, b) => a + b, 0) });
  });

test("a sound histogram is stored as it was sent", () => {
  fc.assert(
    fc.property(sound, fc.boolean(), fc.nat(2 ** 31), (histogram, isInteger, timestampMs) => {
      const message = histogramMessage(histogram, timestampMs, isInteger);
      const found = foundHistogram(readHistogramFields(message, 0, message.length));
      const item = encodeHistogram(histogram, isInteger);
      expect(found).toEqual({ kind: "histogram", timestampMs, item });
    }),
    { numRuns: RUNS },
  );
});

test("any bytes give a sound histogram or a reason", () => {
  const change = fc.tuple(fc.nat(), fc.nat(255));
  const damaged = fc
    .tuple(sound, fc.boolean(), fc.array(change, { maxLength: 5 }), fc.nat(20))
    .map(([histogram, isInteger, changes, cut]) => {
      const message = histogramMessage(histogram, 5, isInteger);
      for (const [place, byte] of changes) message[place % message.length] = byte;
      return message.subarray(0, message.length - (cut < 10 ? 0 : cut));
    });
  fc.assert(
    fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 60 })), (message) => {
      const found = foundHistogram(readHistogramFields(message, 0, message.length));
      if (found.kind !== "histogram") return;
      const back = decodeHistogram(found.item);
      expect(histogramFault(back, false)).toBeNull();
    }),
    { numRuns: 5 * RUNS },
  );
});
