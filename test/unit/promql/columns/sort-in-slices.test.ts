/** Sorting in slices against a plain sort. */
import { expect, test } from "vitest";
import { sortInSlices } from "#promql/columns/sort-in-slices.ts";
import { Pace } from "#promql/pace.ts";

const order = (a: number, b: number): number => (a % 100) - (b % 100) || a - b;

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
