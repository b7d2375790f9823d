import { expect, test } from "vitest";
import {
  formatFloat,
  formatFloatCompact,
  formatLabelFloat,
  formatSampleValue,
} from "#model/format-float.ts";

test.each([
  [0, "0"],
  [-0, "-0"],
  [1, "1"],
  [1.5, "1.5"],
  [1e21, "1000000000000000000000"],
  [1e-7, "0.0000001"],
  [123456.789e3, "123456789"],
  [0.1 + 0.2, "0.30000000000000004"],
  [Number.MAX_SAFE_INTEGER, "9007199254740991"],
  [-Infinity, "-Inf"],
  [Infinity, "+Inf"],
  [Number.NaN, "NaN"],
])("plain form of %d", (value, text) => {
  expect(formatFloat(value)).toBe(text);
});

test.each([
  [1e20, "100000000000000000000"],
  [1e21, "1e+21"],
  [-2.5e22, "-2.5e+22"],
  [1e-6, "0.000001"],
  [1e-7, "1e-07"],
  [5e-324, "5e-324"],
  [0, "0"],
])("sample form of %d", (value, text) => {
  expect(formatSampleValue(value)).toBe(text);
});

test.each([
  [100000, "100000"],
  [1000000, "1e+06"],
  [123456789, "1.23456789e+08"],
  [0.0001, "0.0001"],
  [0.00001, "1e-05"],
  [1e100, "1e+100"],
])("compact form of %d", (value, text) => {
  expect(formatFloatCompact(value)).toBe(text);
});

test("label values always look like floats", () => {
  expect([0, 1, -1, 0.5, 1e6, Infinity, NaN].map(formatLabelFloat)).toEqual([
    "0.0",
    "1.0",
    "-1.0",
    "0.5",
    "1e+06",
    "+Inf",
    "NaN",
  ]);
});

test("every form but the label's reads back to the same value", () => {
  for (const value of [0.1, 1 / 3, 1e300, 5e-324, Number.MAX_VALUE, 2 ** 53 + 2]) {
    for (const format of [formatFloat, formatFloatCompact, formatSampleValue]) {
      expect(Number(format(value))).toBe(value);
    }
  }
});
