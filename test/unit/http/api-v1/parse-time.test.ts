// Covers: src/base/units/rfc3339.ts
import { expect, test } from "vitest";
import { parseTime } from "#http/api-v1/parse-time.ts";
import { TIMESTAMP_MS_MAX, TIMESTAMP_MS_MIN } from "#model/refs.ts";

test.each([
  ["0", 0],
  ["1700000000.123", 1_700_000_000_123],
  ["-1.5", -1500],
  ["1e9", 1e12],
  ["0.0004", 0],
  ["1970-01-01T00:00:00Z", 0],
  ["2023-11-14T22:13:20.123456789Z", 1_700_000_000_123],
  ["2023-11-15T00:13:20+02:00", 1_700_000_000_000],
  ["2023-11-14t22:13:20z", 1_700_000_000_000],
  ["2024-02-29T00:00:00Z", Date.UTC(2024, 1, 29)],
  ["0001-01-01T00:00:00Z", -62_135_596_800_000],
  ["-292273086-05-16T16:47:06Z", TIMESTAMP_MS_MIN],
  ["292277025-08-18T07:12:54.999999999Z", TIMESTAMP_MS_MAX],
])("%s is %d", (text, want) => {
  expect(parseTime(text)).toBe(want);
});

test.each([
  "",
  "now",
  "NaN",
  "Inf",
  "1e300",
  "2023-02-29T00:00:00Z",
  "2023-13-01T00:00:00Z",
  "2023-01-01T24:00:00Z",
  "2023-01-01T00:60:00Z",
  "2023-01-01T00:00:00",
  "2023-01-01",
  "2023-01-01T00:00:00+24:00",
  "0x10",
])("%j is no time", (text) => {
  expect(parseTime(text)).toBeNull();
});
