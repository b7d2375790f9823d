import fc from "fast-check";
import { expect, test } from "vitest";
import { FLUSH_RANGES_MAX, flushRangeMs, rangeStartMs } from "#tsdb/flush/flush-ranges.ts";

const HOUR_MS = 3_600_000;

test("an ordinary head gives 2-hour ranges, aligned also before 1970", () => {
  expect(flushRangeMs(0, 3 * HOUR_MS)).toBe(2 * HOUR_MS);
  expect(rangeStartMs(3 * HOUR_MS, 2 * HOUR_MS)).toBe(2 * HOUR_MS);
  expect(rangeStartMs(-1, 2 * HOUR_MS)).toBe(-2 * HOUR_MS);
});

test("ranges are never too many and always nest", () => {
  const time = fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 });
  fc.assert(
    fc.property(time, time, (a, b) => {
      const [minMs, maxMs] = [Math.min(a, b), Math.max(a, b)];
      const widthMs = flushRangeMs(minMs, maxMs);
      const count = (rangeStartMs(maxMs, widthMs) - rangeStartMs(minMs, widthMs)) / widthMs + 1;
      expect(count).toBeLessThanOrEqual(FLUSH_RANGES_MAX);
      expect(widthMs % (2 * HOUR_MS)).toBe(0);
    }),
  );
});
