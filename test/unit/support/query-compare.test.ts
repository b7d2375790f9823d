/** The comparison of two servers' answers must notice every kind of difference. */
import { expect, test } from "vitest";
import type { QueryData, QueryPoint } from "#test/support/query-api.ts";
import { differencesOf, hasNonConstantSeries } from "#test/support/query-compare.ts";
import { COMPARED_QUERIES } from "#test/support/query-compare-list.ts";
import { isOnEdge, quietMillisecond } from "#test/support/query-compare-times.ts";
import { scriptedPage } from "#test/support/scripted-target.ts";

function matrix(...series: readonly (readonly [string, readonly QueryPoint[]])[]): QueryData {
  const result = series.map(([name, values]) => ({ metric: { a: "1", __name__: name }, values }));
  return { resultType: "matrix", result };
}

const data = matrix(
  [
    "x",
    [
      [1, "1"],
      [2, "NaN"],
    ],
  ],
  ["y", [[1, "+Inf"]]],
);

test("the same answer in another order of series and labels is the same", () => {
  const other = {
    resultType: "matrix",
    result: data.result.toReversed().map(({ metric, values }) => ({
      metric: Object.fromEntries(Object.entries(metric).toReversed()),
      values: values!,
    })),
  };
  expect(differencesOf(other, data)).toEqual([]);
  expect(differencesOf(other, data, { isOrdered: true })).toHaveLength(1);
});

test("values may differ by rounding, by no more", () => {
  const want = matrix(["x", [[1, "3"]]]);
  expect(differencesOf(matrix(["x", [[1, "3.000000000000001"]]]), want)).toEqual([]);
  expect(differencesOf(matrix(["x", [[1, "3.00000000001"]]]), want)).toHaveLength(1);
  expect(differencesOf(matrix(["x", [[1, "-3"]]]), want)).toHaveLength(1);
  expect(differencesOf(matrix(["x", [[1, "NaN"]]]), want)).toHaveLength(1);
  expect(differencesOf(matrix(["x", [[1, "1e-320"]]]), matrix(["x", [[1, "0"]]]))).toHaveLength(1);
  expect(differencesOf(matrix(["x", [[1, "-Inf"]]]), matrix(["x", [[1, "+Inf"]]]))).toHaveLength(1);
});

test.for([
  [
    "a missing series",
    matrix([
      "x",
      [
        [1, "1"],
        [2, "NaN"],
      ],
    ]),
  ],
  ["a surplus series", matrix(...pairs(data), ["z", []])],
  ["a series that comes twice", matrix(...pairs(data), pairs(data)[1]!)],
  ["a missing point", matrix(["x", [[1, "1"]]], ["y", [[1, "+Inf"]]])],
  [
    "a surplus point",
    matrix(
      [
        "x",
        [
          [1, "1"],
          [2, "NaN"],
          [3, "1"],
        ],
      ],
      ["y", [[1, "+Inf"]]],
    ),
  ],
  [
    "another time",
    matrix(
      [
        "x",
        [
          [1, "1"],
          [2.001, "NaN"],
        ],
      ],
      ["y", [[1, "+Inf"]]],
    ),
  ],
  ["another type", { ...data, resultType: "vector" }],
] as const)("%s is a difference", ([, other]) => {
  expect(differencesOf(other, data)).not.toEqual([]);
});

function pairs(from: QueryData): (readonly [string, readonly QueryPoint[]])[] {
  return from.result.map(({ metric, values }) => [metric["__name__"]!, values!] as const);
}

test("a series that stays as it is says nothing", () => {
  expect(
    hasNonConstantSeries(
      matrix(
        [
          "x",
          [
            [1, "1"],
            [2, "1"],
          ],
        ],
        ["y", [[1, "2"]]],
      ),
    ),
  ).toBe(false);
  expect(hasNonConstantSeries(data)).toBe(true);
});

test("the quiet millisecond is far from every sample, across the second's end too", () => {
  const times = [1_000_990, 2_000_995, 3_000_005, 4_000_300, 5_000_310];
  const phase = quietMillisecond(times);
  expect(phase).toBe(650);
  expect(isOnEdge(times, 60_000 + phase)).toBe(false);
  expect(isOnEdge(times, 60_310)).toBe(true);
  const all = Array.from({ length: 1000 }, (_, ms) => 7000 + ms);
  expect(() => quietMillisecond(all)).toThrow("cannot find a quiet millisecond");
});

test("every compared query is there once, and has whole seconds only", () => {
  const texts = COMPARED_QUERIES.map(({ text }) => text);
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts.length).toBeGreaterThanOrEqual(24);
  expect(texts.filter((text) => /\dms\b/.test(text))).toEqual([]);
});

test("the scripted page is the same for the same scrape, and its buckets only grow", () => {
  expect(scriptedPage(17)).toBe(scriptedPage(17));
  const buckets = (n: number): number[] =>
    [...scriptedPage(n).matchAll(/_bucket\{.*\} (\d+)/g)].map(([, value]) => Number(value));
  const [before, after] = [buckets(20), buckets(21)];
  expect(after.every((value, index) => value > before[index]!)).toBe(true);
  expect(after.every((value, index) => index === 0 || value >= after[index - 1]!)).toBe(true);
});
