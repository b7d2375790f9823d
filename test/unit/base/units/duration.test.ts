import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "#base/units/duration.ts";

test.each([
  ["0", 0],
  ["0s", 0],
  ["1ms", 1],
  ["90s", 90_000],
  ["1h30m", 5_400_000],
  ["1m1ms", 60_001],
  ["1y2w3d4h5m6s7ms", ((365 + 14 + 3) * 86_400 + 4 * 3600 + 5 * 60 + 6) * 1000 + 7],
])("%s is %d ms", (text, want) => {
  expect(parseDuration(text)).toBe(want);
});

test.each(["", "5", "s", "1.5s", "-1s", "1s1m", "1m1m", " 1s", "1S", "99999999999999y"])(
  "%j is no duration",
  (text) => {
    expect(parseDuration(text)).toBeNull();
  },
);

test("a formatted duration reads back to the same number", () => {
  for (const ms of [0, 1, 999, 60_000, 60_001, 3_600_000, 86_400_000, 400 * 86_400_000 + 5]) {
    expect(parseDuration(formatDuration(ms))).toBe(ms);
  }
  expect(formatDuration(5_400_000)).toBe("1h30m");
});
