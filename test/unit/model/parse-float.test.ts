import { expect, test } from "vitest";
import { parseFloat64 } from "#model/parse-float.ts";

test.each([
  ["1", 1],
  ["+1.5e3", 1500],
  [".5", 0.5],
  ["5.", 5],
  ["-0", -0],
  ["1e400", Infinity],
  ["Inf", Infinity],
  ["-infinity", -Infinity],
  ["NaN", Number.NaN],
  ["0x1p4", 16],
  ["-0x1.8p1", -3],
])("%s is a float", (text, value) => {
  expect(parseFloat64(text)).toBe(value);
});

test.each(["", " 1", "1 ", "1_000", "0x10", "abc", "1e", ".", "--1", "+-1", "0x.p1", "1,5"])(
  "%j is none",
  (text) => {
    expect(parseFloat64(text)).toBeNull();
  },
);
