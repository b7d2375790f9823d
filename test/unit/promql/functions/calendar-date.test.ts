import fc from "fast-check";
import { expect, test } from "vitest";
import { calendarDate } from "#promql/functions/calendar-date.ts";

/** Year, month from 1, day, weekday, hour, minute. */
function fields(seconds: number): number[] {
  const { date, yearsMore } = calendarDate(seconds);
  return [
    date.getUTCFullYear() + yearsMore,
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCDay(),
    date.getUTCHours(),
    date.getUTCMinutes(),
  ];
}

test("near times are those of Date", () => {
  fc.assert(
    fc.property(fc.integer({ min: -8e12, max: 8e12 }), (seconds) => {
      const date = new Date(seconds * 1000);
      expect(calendarDate(seconds)).toEqual({ date, yearsMore: 0 });
    }),
  );
});

test("400 years further, all but the year is the same", () => {
  fc.assert(
    fc.property(fc.integer({ min: -4e15, max: 4e15 }), (seconds) => {
      const [year, ...rest] = fields(seconds);
      expect(fields(seconds + 12_622_780_800)).toEqual([year! + 400, ...rest]);
    }),
  );
});

// As Prometheus answers on amd64.
test.each([
  [1e15, [31_690_708, 7, 5, 0, 1, 46]],
  [-1e15, [-31_686_769, 6, 29, 0, 22, 13]],
  [Number.NaN, [292_277_026_596, 12, 4, 0, 15, 30]],
  [Number.POSITIVE_INFINITY, [292_277_026_596, 12, 4, 0, 15, 30]],
  [-1e300, [292_277_026_596, 12, 4, 0, 15, 30]],
])("%d", (seconds, expected) => {
  expect(fields(seconds)).toEqual(expected);
});
