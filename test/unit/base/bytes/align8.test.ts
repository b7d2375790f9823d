import { expect, test } from "vitest";
import { align8 } from "#base/bytes/align8.ts";

test("sizes go up to the next multiple of eight", () => {
  expect([0, 1, 7, 8, 9].map(align8)).toEqual([0, 8, 8, 8, 16]);
});

test("a size that two fields of 32 bits claim together is not cut short", () => {
  expect(align8(2 * (2 ** 32 - 1) + 24)).toBe(2 ** 33 + 24);
});
