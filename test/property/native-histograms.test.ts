/**
 * Native histogram arithmetic against a twin that keeps buckets in a map by index, and laws that
 * must hold for any input.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { FloatHistogram } from "#model/float-histogram.ts";
import { addHistograms } from "#model/histogram/add-histograms.ts";
import { exponentialBound } from "#model/histogram/bucket-bounds.ts";
import { bucketList } from "#model/histogram/bucket-list.ts";
import { type BucketSide, positiveSide, sideOf, spansOf } from "#model/histogram/bucket-side.ts";
import { compactHistogram } from "#model/histogram/compact-histogram.ts";
import { detectReset } from "#model/histogram/detect-reset.ts";
import { equalHistograms } from "#model/histogram/equal-histograms.ts";
import { makeHistogram } from "#model/histogram/make-histogram.ts";
import { RegexMatcher } from "#model/regex-matcher.ts";
import { Annotations } from "#promql/annotations.ts";
import { nativeFraction } from "#promql/histogram/native-fraction.ts";
import { nativeQuantile } from "#promql/histogram/native-quantile.ts";
import { RE2JS } from "re2js";

const side: fc.Arbitrary<BucketSide> = fc
  .uniqueArray(fc.tuple(fc.integer({ min: -12, max: 12 }), fc.integer({ min: 0, max: 9 })), {
    selector: ([index]) => index,
    maxLength: 8,
  })
  .map((buckets) => {
    buckets.sort(([a], [b]) => a - b);
    return {
      indexes: Int32Array.from(buckets, ([index]) => index),
      counts: Float64Array.from(buckets, ([, count]) => count),
    };
  });

/** Buckets lie outside of the zero bucket, as in any histogram that was observed. */
function histogramOf(schema: fc.Arbitrary<number>): fc.Arbitrary<FloatHistogram> {
  return fc
    .record({
      schema,
      positive: side,
      negative: side,
      zeroCount: fc.integer({ min: 0, max: 5 }),
      zeroThreshold: fc.constantFrom(0, 1e-9, 0.001, 0.3),
    })
    .map(({ schema: of, positive, negative, zeroCount, zeroThreshold }) => {
      const outside = (one: BucketSide): BucketSide => {
        const kept = [...one.indexes.keys()].filter(
          (i) => one.counts[i]! > 0 && exponentialBound(of, one.indexes[i]! - 1) >= zeroThreshold,
        );
        return {
          indexes: Int32Array.from(kept, (i) => one.indexes[i]!),
          counts: Float64Array.from(kept, (i) => one.counts[i]!),
        };
      };
      const sides = { positive: outside(positive), negative: outside(negative) };
      const all = [...sides.positive.counts, ...sides.negative.counts, zeroCount];
      const count = all.reduce((a, b) => a + b, 0);
      return makeHistogram({ schema: of, ...sides, zeroCount, zeroThreshold, count, sum: count });
    });
}

const histogram = histogramOf(fc.integer({ min: -2, max: 4 }));
const ofSchemaTwo = histogramOf(fc.constant(2));

/** Same schema, no zero buckets: addition is addition by index. */
const plain = fc
  .tuple(side, side)
  .map(([positive, negative]) => makeHistogram({ positive, negative }));

function indexed(one: BucketSide, into: Map<number, number> = new Map()): Map<number, number> {
  one.indexes.forEach((index, i) => into.set(index, (into.get(index) ?? 0) + one.counts[i]!));
  return into;
}

test("spans describe any set of indexes", () => {
  fc.assert(
    fc.property(side, (one) => {
      expect(sideOf(spansOf(one.indexes), one.counts)).toEqual(one);
    }),
  );
});

test("sums by index", () => {
  fc.assert(
    fc.property(plain, plain, (a, b) => {
      const sum = positiveSide(addHistograms(a, b)!.histogram);
      const dumb = indexed(positiveSide(b), indexed(positiveSide(a)));
      expect(indexed(sum)).toEqual(dumb);
    }),
  );
});

test("addition commutes, loses no observation, and subtraction undoes it", () => {
  fc.assert(
    fc.property(histogram, histogram, (a, b) => {
      const ab = addHistograms(a, b)!.histogram;
      const ba = addHistograms(b, a)!.histogram;
      expect(equalHistograms(compactHistogram(ab), compactHistogram(ba))).toBe(true);
      const total = bucketList(ab).counts.reduce((x, y) => x + y, 0);
      expect(total).toBe(a.count + b.count);
      const back = addHistograms(ab, b, -1)!.histogram;
      expect(back.count).toBe(a.count);
      expect(bucketList(back).counts.every((count) => count >= 0)).toBe(true);
    }),
  );
});

test("adding observations never looks like a reset, taking some away does", () => {
  fc.assert(
    fc.property(ofSchemaTwo, ofSchemaTwo, (a, b) => {
      const more = addHistograms(a, b)!.histogram;
      expect(detectReset(more, a)).toBe(false);
      if (b.count > 0) expect(detectReset(a, more)).toBe(true);
    }),
  );
});

test("the fraction below a quantile is the quantile", () => {
  const place = { start: 0, end: 0 };
  fc.assert(
    fc.property(histogram, fc.integer({ min: 1, max: 99 }), (h, percent) => {
      fc.pre(h.count > 0);
      const annotations = new Annotations();
      const quantile = nativeQuantile(percent / 100, h, "", annotations, place);
      const below = nativeFraction(-Infinity, quantile, h, "", annotations, place);
      const above = nativeFraction(quantile, Infinity, h, "", annotations, place);
      expect(below + above).toBeCloseTo(1, 9);
      // Inside gaps many values are the quantile; its own bucket must hold the rank.
      const upTo = nativeFraction(-Infinity, quantile + 1e-9, h, "", annotations, place);
      expect(upTo).toBeGreaterThanOrEqual(percent / 100 - 1e-6);
    }),
  );
});

const piece = fc.constantFrom("a", "b", ".", "\\.", ".*", ".+", "|", "(a|b)", "x?", "[ab]", "\\d");
const letter = fc.constantFrom("a", "b", "x", ".", "1", "\n");

test("short cuts of the matcher agree with the engine", () => {
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 5 }),
      fc.array(letter, { maxLength: 5 }),
      (pieces, letters) => {
        const source = pieces.join("");
        const value = letters.join("");
        const engine = RE2JS.compile(`^(?s:${source})$`).matcher(value).find();
        expect(new RegexMatcher(source).matches(value)).toBe(engine);
      },
    ),
    { numRuns: 3000 },
  );
});
