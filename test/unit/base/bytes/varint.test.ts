import { unzigzag, varintBytes, writeVarint, zigzag } from "#base/bytes/varint.ts";
import { expect, test } from "vitest";

test.each([
  [0, "00"],
  [127, "7f"],
  [128, "8001"],
  [300, "ac02"],
  [2 ** 31, "8080808008"],
  [2 ** 32, "8080808010"],
  [Number.MAX_SAFE_INTEGER, "ffffffffffffff0f"],
])("writes %d as %s", (value, hex) => {
  const into = new Uint8Array(12);
  const end = writeVarint(into, 1, value);
  expect(into.subarray(1, end).toHex()).toBe(hex);
  expect(varintBytes(value)).toBe(hex.length / 2);
});

test.each([-1, 0.5, Number.NaN, 2 ** 53])("refuses %d", (value) => {
  expect(() => writeVarint(new Uint8Array(12), 0, value)).toThrow("want 0..2^53-1");
});

test("zigzag folds the sign into the lowest bit", () => {
  const values = [0, -1, 1, -2, 2, 2 ** 52 - 1, -(2 ** 52)];
  expect(values.map(zigzag)).toEqual([0, 1, 2, 3, 4, 2 ** 53 - 2, 2 ** 53 - 1]);
  expect(values.map(zigzag).map(unzigzag)).toEqual(values);
});
