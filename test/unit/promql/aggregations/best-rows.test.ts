import fc from "fast-check";
import { expect, test } from "vitest";
import { bestRows } from "#promql/aggregations/best-rows.ts";

const smallest = (a: number, b: number): boolean => a < b;

test("the values picked are the largest, NaN last", () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(Number.NaN));
  fc.assert(
    fc.property(fc.array(value), fc.integer({ min: 1, max: 12 }), (values, count) => {
      const rows = values.map((_, row) => row);
      const picked = bestRows(rows, count, (row) => values[row]!, smallest);
      const sorted = (list: readonly number[]): number[] =>
        list.toSorted((a, b) => Number(Number.isNaN(a)) - Number(Number.isNaN(b)) || b - a);
      expect(new Set(picked).size).toBe(picked.length);
      expect(sorted(picked.map((row) => values[row]!))).toEqual(sorted(values).slice(0, count));
    }),
  );
});

test("a better row takes the place of the heap's top, which of equal rows is the first", () => {
  const values = [1, 1, 1, 2];
  expect(bestRows([0, 1, 2, 3], 3, (row) => values[row]!, smallest).sort((a, b) => a - b)).toEqual([
    1, 2, 3,
  ]);
});

test("all rows when there are no more than asked for", () => {
  expect(bestRows([4, 2], 2, () => 0, smallest)).toEqual([4, 2]);
});
