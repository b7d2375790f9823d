import { sortSamples } from "#tsdb/head/sort-samples.ts";
import { wordsOf } from "#model/staleness.ts";
import { expect, test } from "vitest";

test("sorts rows between others, the first stored of a repeated time wins, bits stay", () => {
  const timestamps = Float64Array.of(9, 3, 1, 3, 2, 0);
  const bits = BigUint64Array.of(0n, 0x7ff0_0000_0000_0002n, 1n, 2n, 0xfff8_0000_0000_0001n, 7n);
  const end = sortSamples(timestamps, wordsOf(new Float64Array(bits.buffer)), 1, 5);
  expect(end).toBe(4);
  expect([...timestamps.subarray(0, 4), timestamps[5]]).toEqual([9, 1, 2, 3, 0]);
  expect([...bits.subarray(0, 4), bits[5]]).toEqual([
    0n,
    1n,
    0xfff8_0000_0000_0001n,
    0x7ff0_0000_0000_0002n,
    7n,
  ]);
});

test("leaves ascending rows alone", () => {
  const timestamps = Float64Array.of(5, 1, 2, 3);
  expect(sortSamples(timestamps, new Uint32Array(8), 1, 4)).toBe(4);
  expect([...timestamps]).toEqual([5, 1, 2, 3]);
});
