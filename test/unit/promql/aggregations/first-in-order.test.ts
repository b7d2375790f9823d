/** The heap against a plain sort, and sorting in slices against the same. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { firstInOrder } from "#promql/aggregations/first-in-order.ts";
import { sortInSlices } from "#promql/columns/sort-in-slices.ts";
import { Pace } from "#promql/pace.ts";

const order = (a: number, b: number): number => (a % 100) - (b % 100) || a - b;

test("the first of an order are the head of the sorted list", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(10_000)), fc.nat(50), (items, count) => {
      expect(firstInOrder(items, count, order)).toEqual(items.toSorted(order).slice(0, count));
    }),
  );
});

test("sorting in slices is sorting, with pauses", async () => {
  let turns = 0;
  let now = 0;
  const pace = new Pace({
    clock: { wallMs: () => 0, monoMs: () => (now += 10) },
    signal: new AbortController().signal,
    timeoutMs: Infinity,
    yieldTurn: () => {
      turns++;
      return Promise.resolve();
    },
  });
  const items = Array.from({ length: 10_001 }, (_, i) => (i * 7919) % 10_007);
  expect(await sortInSlices(items, order, pace)).toEqual(items.toSorted(order));
  expect(turns).toBeGreaterThan(5);
  expect(await sortInSlices([], order, pace)).toEqual([]);
});
