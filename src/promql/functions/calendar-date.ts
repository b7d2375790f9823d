/**
 * The UTC date of any number of seconds since 1970, far beyond what a `Date` holds: the calendar
 * repeats after 400 years, weekdays included, so a far time is that of a near `Date` and some years
 * more. What is no 64-bit integer (NaN, infinities, too large) counts as the smallest one, and that
 * one lies after all others, as it does for Prometheus on amd64.
 */
export interface CalendarDate {
  readonly date: Date;
  /** To add to the year of `date`. */
  readonly yearsMore: number;
}

const CYCLE_YEARS = 400;
const CYCLE_SECONDS = 12_622_780_800n;
/** Largest distance from 1970 in seconds of a `Date`. */
const DATE_SECONDS_MAX = 8.64e12;
const INT64_MIN = -(2n ** 63n);
/** Seconds from March of the year -292277022400, where the counted years begin, to 1970. */
const FIRST_YEAR_SECONDS = (730_692_556n * 146_097n + 719_468n) * 86_400n;

export function calendarDate(seconds: number): CalendarDate {
  const whole = Math.trunc(seconds);
  if (Math.abs(whole) < DATE_SECONDS_MAX) return { date: new Date(whole * 1000), yearsMore: 0 };
  const isInt64 = whole >= -(2 ** 63) && whole < 2 ** 63;
  let exact = isInt64 ? BigInt(whole) : INT64_MIN;
  if (exact < -FIRST_YEAR_SECONDS) exact += 2n ** 64n;
  const within = ((exact % CYCLE_SECONDS) + CYCLE_SECONDS) % CYCLE_SECONDS;
  const cycles = (exact - within) / CYCLE_SECONDS;
  return { date: new Date(Number(within) * 1000), yearsMore: Number(cycles) * CYCLE_YEARS };
}
