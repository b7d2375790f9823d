/**
 * Covers: src/model/histogram, src/model/compensated-sum.ts
 */
import { expect, test } from "vitest";
import { CompensatedSum } from "#model/compensated-sum.ts";
import type { FloatHistogram } from "#model/float-histogram.ts";
import { addHistograms } from "#model/histogram/add-histograms.ts";
import { bucketBound, exponentialBound } from "#model/histogram/bucket-bounds.ts";
import { bucketList, CLOSED_BOTH, OPEN_LEFT, OPEN_RIGHT } from "#model/histogram/bucket-list.ts";
import { compactHistogram } from "#model/histogram/compact-histogram.ts";
import { detectReset } from "#model/histogram/detect-reset.ts";
import { equalHistograms } from "#model/histogram/equal-histograms.ts";
import { formatHistogram, formatHistogramLiteral } from "#model/histogram/format-histogram.ts";
import {
  ADD_BOUNDS_RECONCILED,
  ADD_RESETS_COLLIDE,
} from "#model/histogram/histogram-accumulator.ts";
import { HistogramMean } from "#model/histogram/histogram-mean.ts";
import { divideHistogram, multiplyHistogram } from "#model/histogram/scale-histogram.ts";
import { trimHistogram } from "#model/histogram/trim-histogram.ts";
import { parseHistogramLiteral } from "#promql/script/parse-histogram-literal.ts";

function histogram(body: string): FloatHistogram {
  const value = parseHistogramLiteral(body);
  if (value.kind !== "histogram") throw new Error(`got ${value.kind}`);
  return value.histogram;
}

function sumOf(a: string, b: string): string {
  const added = addHistograms(histogram(a), histogram(b));
  return added === null ? "mixed" : formatHistogramLiteral(added.histogram);
}

test("bounds are those of the reference, to the last bit", () => {
  expect(exponentialBound(0, 3)).toBe(8);
  expect(exponentialBound(0, -1)).toBe(0.5);
  expect(exponentialBound(1, 1)).toBe(1.414213562373095);
  expect(exponentialBound(8, 1)).toBe(1.0027112750502025);
  expect(exponentialBound(-1, 2)).toBe(16);
  expect(exponentialBound(-4, -1)).toBe(2 ** -16);
  // The last bucket of finite values ends at the largest float, the next one at infinity.
  expect(exponentialBound(0, 1024)).toBe(Number.MAX_VALUE);
  expect(exponentialBound(0, 1025)).toBe(Infinity);
  expect(exponentialBound(2, 4095)).toBeLessThan(Number.MAX_VALUE);
  expect(exponentialBound(-4, 64)).toBe(Number.MAX_VALUE);
});

test("custom bounds end at infinity", () => {
  const bounds = Float64Array.of(1, 5);
  expect([-1, 0, 1, 2].map((index) => bucketBound(-53, bounds, index))).toEqual([
    -Infinity,
    1,
    5,
    Infinity,
  ]);
  expect(() => bucketBound(-53, bounds, 3)).toThrow(/index 3/);
});

test("buckets of other layouts meet in the coarser one", () => {
  expect(sumOf("schema:1 count:3 sum:3 buckets:[1 2]", "count:1 sum:1 buckets:[0 1]")).toBe(
    "{{count:4 sum:4 buckets:[1 3]}}",
  );
  expect(sumOf("count:1 offset:5 buckets:[1]", "count:1 offset:-5 buckets:[1]")).toBe(
    "{{count:2 offset:-5 buckets:[1 0 0 0 0 0 0 0 0 0 1]}}",
  );
  expect(sumOf("count:1 buckets:[1]", "schema:-53 count:1 custom_values:[1] buckets:[1]")).toBe(
    "mixed",
  );
});

test("the wider zero bucket takes in what it covers", () => {
  // Bucket 1 is (1, 2]: a threshold of 1.5 inside it moves up to 2.
  expect(sumOf("count:6 z_bucket:1 buckets:[2 3]", "count:4 z_bucket:4 z_bucket_w:1.5")).toBe(
    "{{count:10 z_bucket:10 z_bucket_w:2}}",
  );
  expect(
    sumOf("count:3 z_bucket:1 z_bucket_w:0.5 buckets:[0 2]", "count:2 offset:-3 buckets:[2]"),
  ).toBe("{{count:5 z_bucket:3 z_bucket_w:0.5 offset:1 buckets:[2]}}");
});

test("custom buckets keep the bounds they share", () => {
  const a = histogram("schema:-53 count:6 custom_values:[1 2 3] buckets:[1 2 3]");
  const b = histogram("schema:-53 count:3 custom_values:[1 3] buckets:[1 1 1]");
  const added = addHistograms(a, b)!;
  expect(added.outcome).toBe(ADD_BOUNDS_RECONCILED);
  expect(formatHistogramLiteral(added.histogram)).toBe(
    "{{schema:-53 count:9 custom_values:[1 3] buckets:[2 6 1]}}",
  );
});

test.each([
  ["unknown", "unknown", "unknown", 0],
  ["gauge", "reset", "gauge", 0],
  ["not_reset", "gauge", "gauge", 0],
  ["reset", "unknown", "unknown", 0],
  ["reset", "not_reset", "unknown", ADD_RESETS_COLLIDE],
  ["reset", "reset", "reset", 0],
] as const)("hints %s and %s give %s", (a, b, hint, outcome) => {
  const added = addHistograms(
    { ...histogram("count:1 buckets:[1]"), counterResetHint: a },
    { ...histogram("count:1 buckets:[1]"), counterResetHint: b },
  )!;
  expect(added.histogram.counterResetHint).toBe(hint);
  expect(added.outcome).toBe(outcome);
});

test("scaling", () => {
  const h = histogram("count:2 sum:3 z_bucket:1 buckets:[1]");
  expect(formatHistogramLiteral(multiplyHistogram(h, -2))).toBe(
    "{{count:-4 sum:-6 z_bucket:-2 counter_reset_hint:gauge buckets:[-2]}}",
  );
  expect(formatHistogramLiteral(divideHistogram(h, 0))).toBe(
    "{{count:+Inf sum:+Inf z_bucket:+Inf}}",
  );
});

test("a mean goes on when the sum overflows", () => {
  const big = histogram("count:1e308 sum:1e308 buckets:[1e308]");
  const mean = new HistogramMean(big);
  for (let i = 0; i < 9; i++) mean.add(big);
  const { count, sum, positiveBuckets } = mean.toHistogram();
  for (const value of [count, sum, positiveBuckets[0]!]) expect(value / 1e308).toBeCloseTo(1, 12);
});

test("compact form has no empty buckets, equality does not need it", () => {
  const loose = histogram("count:2 buckets:[0 1 0 1 0]");
  const compact = compactHistogram(loose);
  expect(compact.positiveSpans).toEqual([
    { offset: 1, length: 1 },
    { offset: 1, length: 1 },
  ]);
  expect(compactHistogram(compact)).toBe(compact);
  expect(equalHistograms(loose, compact)).toBe(true);
  expect(equalHistograms(loose, histogram("count:2 buckets:[0 1 0 2]"))).toBe(false);
});

test.each([
  ["count:2 buckets:[2]", "count:1 buckets:[1]", false],
  ["count:1 buckets:[1]", "count:2 buckets:[2]", true],
  ["count:3 buckets:[1 2]", "count:3 buckets:[2 1]", true],
  ["count:3 buckets:[0 3]", "count:1 buckets:[1]", true],
  ["count:3 schema:1 buckets:[3]", "count:1 buckets:[1]", true],
  ["count:3 buckets:[0 3]", "count:2 schema:1 buckets:[0 1 1]", false],
  ["count:3 z_bucket:3 z_bucket_w:1", "count:2 offset:-1 buckets:[1 1]", false],
  ["count:3 z_bucket:3 z_bucket_w:1.5", "count:2 offset:1 buckets:[2]", true],
  ["count:3 buckets:[1] counter_reset_hint:reset", "count:1 buckets:[1]", true],
  ["count:1 buckets:[1] counter_reset_hint:not_reset", "count:3 buckets:[3]", false],
  [
    "schema:-53 count:3 custom_values:[1 2] buckets:[1 1 1]",
    "schema:-53 count:3 custom_values:[1] buckets:[2 1]",
    true,
  ],
])("%s after %s: reset is %s", (current, previous, reset) => {
  expect(detectReset(histogram(current), histogram(previous))).toBe(reset);
});

test("buckets in order of value, cut at the zero bucket", () => {
  const h = histogram("count:7 z_bucket:1 z_bucket_w:1.5 n_buckets:[0 2 1] buckets:[0 2 1]");
  const list = bucketList(h);
  expect(list.length).toBe(7);
  expect([...list.lower]).toEqual([-4, -2, -1, -1.5, 1.5, 1.5, 2]);
  expect([...list.upper]).toEqual([-2, -1.5, -1.5, 1.5, 1, 2, 4]);
  expect([...list.counts]).toEqual([1, 2, 0, 1, 0, 2, 1]);
  expect([...list.edges]).toEqual([
    OPEN_RIGHT,
    OPEN_RIGHT,
    OPEN_RIGHT,
    CLOSED_BOTH,
    OPEN_LEFT,
    OPEN_LEFT,
    OPEN_LEFT,
  ]);
});

test("text form for labels", () => {
  const h = histogram("count:4 sum:2.5 z_bucket:1 z_bucket_w:0.1 n_buckets:[1] buckets:[0 2]");
  expect(formatHistogram(h)).toBe("{count:4, sum:2.5, [-1,-0.5):1, [-0.1,0.1]:1, (1,2]:2}");
});

test.each([
  [
    "count:4 sum:9 buckets:[0 2 2]",
    2,
    "keep-below",
    "{{count:2 sum:2.8284271247461903 offset:1 buckets:[2]}}",
  ],
  ["count:4 sum:9 buckets:[0 2 2]", 100, "keep-below", "{{count:4 sum:9 offset:1 buckets:[2 2]}}"],
  ["count:4 sum:9 buckets:[0 2 2]", 4, "keep-above", "{{}}"],
  [
    "count:4 sum:9 z_bucket:4 z_bucket_w:1",
    0,
    "keep-above",
    "{{count:2 sum:1 z_bucket:2 z_bucket_w:1}}",
  ],
  [
    "schema:-53 count:4 sum:9 custom_values:[2] buckets:[2 2]",
    1,
    "keep-below",
    "{{schema:-53 count:1 sum:0.5 custom_values:[2] buckets:[1]}}",
  ],
  [
    "schema:-53 count:4 sum:9 custom_values:[2] buckets:[2 2]",
    5,
    "keep-above",
    "{{schema:-53 count:2 sum:10 custom_values:[2] offset:1 buckets:[2]}}",
  ],
] as const)("%s cut at %d, %s", (body, cut, keep, result) => {
  expect(formatHistogramLiteral(trimHistogram(histogram(body), cut, keep))).toBe(result);
});

test("compensated sums keep small terms and stay infinite", () => {
  const sum = new CompensatedSum();
  for (const value of [1, 1e100, 1, -1e100]) sum.add(value);
  expect(sum.result()).toBe(2);
  sum.add(Infinity);
  sum.add(1);
  expect(sum.result()).toBe(Infinity);
});
