/**
 * Items of native histograms: bytes and back, against a twin that knows a histogram by its buckets
 * alone, so that equal bytes and equal histograms are the same thing.
 */
import fc from "fast-check";
import { decodeHistogram } from "#chunk/histogram/decode-histogram.ts";
import { encodeHistogram } from "#chunk/histogram/encode-histogram.ts";
import { isHistogramTagOf, writeHistogramTagAt } from "#chunk/histogram/histogram-tag.ts";
import { type FloatHistogram, type HistogramSpan } from "#model/float-histogram.ts";
import { sideOf } from "#model/histogram/bucket-side.ts";
import { expect, test } from "vitest";

interface Side {
  readonly spans: readonly HistogramSpan[];
  readonly counts: Float64Array;
}

/** Spans as senders may write them: empty ones, touching ones, gaps. */
function sideWith(count: fc.Arbitrary<number>): fc.Arbitrary<Side> {
  const later = fc.record({ offset: fc.nat(3), length: fc.nat(4) });
  return fc
    .tuple(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 100 }), fc.array(later, { maxLength: 8 }))
    .chain(([first, spans]) => {
      const length = spans.reduce((sum, span) => sum + span.length, 0);
      const moved = spans.map((span, i) => (i === 0 ? { ...span, offset: first } : span));
      return fc
        .array(count, { minLength: length, maxLength: length })
        .map((counts) => ({ spans: moved, counts: Float64Array.from(counts) }));
    });
}

function histogramWith(count: fc.Arbitrary<number>): fc.Arbitrary<FloatHistogram> {
  return fc
    .record({
      schema: fc.constantFrom(-4, 0, 3, 8, -53),
      counterResetHint: fc.constantFrom("unknown", "reset", "not_reset", "gauge"),
      count,
      sum: fc.double(),
      zeroThreshold: fc.constantFrom(0, -0, 2 ** -128, 0.5),
      zeroCount: count,
      positive: sideWith(count),
      negative: sideWith(count),
      bounds: fc.array(fc.double({ noNaN: true }), { maxLength: 5 }),
    })
    .map(({ positive, negative, bounds, ...rest }) => ({
      ...rest,
      stale: false,
      positiveSpans: positive.spans,
      positiveBuckets: positive.counts,
      negativeSpans: negative.spans,
      negativeBuckets: negative.counts,
      customValues: Float64Array.from(rest.schema === -53 ? bounds : []),
    }));
}

const whole = histogramWith(fc.oneof(fc.nat(300), fc.maxSafeNat()));
const fractional = histogramWith(fc.double());
/** With whether it is one of whole numbers. */
const histogram = fc.oneof(
  whole.map((one) => [one, true] as const),
  fractional.map((one) => [one, false] as const),
);

/** All there is to a histogram, whatever its spans are. */
function plain(one: FloatHistogram): unknown {
  const { positiveSpans, negativeSpans, positiveBuckets, negativeBuckets, ...rest } = one;
  return {
    ...rest,
    positive: sideOf(positiveSpans, positiveBuckets),
    negative: sideOf(negativeSpans, negativeBuckets),
  };
}

test("a histogram comes back, and its bytes do from what came back", () => {
  fc.assert(
    fc.property(histogram, fc.nat(20), ([one, isInteger], shift) => {
      const item = encodeHistogram(one, isInteger)!;
      expect(item.length % 8).toBe(0);
      const moved = new Uint8Array(item.length + 40).fill(0xff);
      moved.set(item, shift);
      const back = decodeHistogram(moved, shift, shift + item.length);
      expect(plain(back)).toEqual(plain(one));
      expect(encodeHistogram(back, isInteger)).toEqual(item);
    }),
  );
});

test("equal bytes are equal histograms", () => {
  const small = histogramWith(fc.constantFrom(0, 1));
  fc.assert(
    fc.property(small, small, (a, b) => {
      const same = Buffer.compare(encodeHistogram(a, true)!, encodeHistogram(b, true)!) === 0;
      let equal = true;
      try {
        expect(plain(a)).toEqual(plain(b));
      } catch {
        equal = false;
      }
      expect(same).toBe(equal);
    }),
  );
});

test("a tag is that of its item only", () => {
  fc.assert(
    fc.property(histogram, fc.nat(), ([one, isInteger], place) => {
      const item = encodeHistogram(one, isInteger)!;
      const words = new Uint32Array(4);
      writeHistogramTagAt(words, 1, item);
      expect(isHistogramTagOf(words, 1, item)).toBe(true);
      expect(new Float64Array(words.buffer)[1]).toBeNaN();
      item[place % item.length]! ^= 1;
      expect(isHistogramTagOf(words, 1, item)).toBe(false);
    }),
  );
});

test("damaged items give an error or a histogram, never anything else", () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(histogram, damage, ([one, isInteger], changes) => {
      const item = encodeHistogram(one, isInteger)!;
      for (const [place, byte] of changes) item[place % item.length] = byte;
      try {
        decodeHistogram(item);
      } catch (error) {
        expect(error).toMatchObject({ code: "chunk.corrupt" });
      }
    }),
  );
});
