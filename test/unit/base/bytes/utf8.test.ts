import { isUtf8 } from "#base/bytes/utf8.ts";
import { expect, test } from "vitest";

test.each(["", "up", "héllo", "\u{7ff}\u{800}", "\u{ffff}", "日本", "\u{10ffff}", "\u{0}"])(
  "accepts %j",
  (text) => {
    expect(isUtf8(new TextEncoder().encode(text))).toBe(true);
  },
);

test.each([
  ["lone continuation", "80"],
  ["overlong two bytes", "c0af"],
  ["overlong lead c1", "c1bf"],
  ["overlong three bytes", "e09fbf"],
  ["overlong four bytes", "f08fbfbf"],
  ["high surrogate", "eda080"],
  ["low surrogate", "edbfbf"],
  ["above the last code point", "f4908080"],
  ["lead f5", "f5808080"],
  ["lead ff", "ff"],
  ["cut after one of two", "c3"],
  ["cut after two of three", "e697"],
  ["cut after three of four", "f09f98"],
  ["bad third byte", "e69741"],
  ["bad fourth byte", "f09f9841"],
])("refuses %s", (_, hex) => {
  expect(isUtf8(Uint8Array.fromHex(hex))).toBe(false);
});

test("judges the range alone", () => {
  const bytes = Uint8Array.fromHex("ff41c3a9ff");
  expect(isUtf8(bytes, 1, 4)).toBe(true);
  expect(isUtf8(bytes, 1, 3)).toBe(false);
});
