import { compareUtf8 } from "#base/bytes/compare-utf8.ts";
import { expect, test } from "vitest";

test("a code point above U+FFFF comes after U+E000..U+FFFF", () => {
  const pair = ["\u{1f600}", "\u{ff5e}"] as const;
  expect(compareUtf8(...pair)).toBeGreaterThan(0);
  // The order of UTF-16 units is the other way round.
  expect([...pair].toSorted()).toEqual(pair);
});

test("a prefix comes first", () => {
  expect(compareUtf8("up", "upper")).toBeLessThan(0);
  expect(compareUtf8("up", "up")).toBe(0);
});
