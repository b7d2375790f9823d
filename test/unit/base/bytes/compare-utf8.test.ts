import { compareUtf8 } from "#base/bytes/compare-utf8.ts";
import { expect, test } from "vitest";

test("a code point above U+FFFF comes after U+E000..U+FFFF", () => {
  expect(compareUtf8("\u{1f600}", "\u{ff5e}")).toBeGreaterThan(0);
  expect("\u{1f600}" < "\u{ff5e}").toBe(true);
});

test("a prefix comes first", () => {
  expect(compareUtf8("up", "upper")).toBeLessThan(0);
  expect(compareUtf8("up", "up")).toBe(0);
});
