/** Calendar functions of a Unix time in seconds, always in UTC. Fractions are cut off. */
import { calendarDate } from "./calendar-date.ts";

export type DateFunction = (seconds: number) => number;

export const DATE_FUNCTIONS: ReadonlyMap<string, DateFunction> = new Map<string, DateFunction>([
  ["day_of_month", (seconds) => dateOf(seconds).getUTCDate()],
  ["day_of_week", (seconds) => dateOf(seconds).getUTCDay()],
  ["day_of_year", dayOfYear],
  ["days_in_month", daysInMonth],
  ["hour", (seconds) => dateOf(seconds).getUTCHours()],
  ["minute", (seconds) => dateOf(seconds).getUTCMinutes()],
  ["month", (seconds) => dateOf(seconds).getUTCMonth() + 1],
  ["year", yearOf],
]);

const DAY_MS = 86_400_000;

/** Right in all but the year. */
function dateOf(seconds: number): Date {
  return calendarDate(seconds).date;
}

function yearOf(seconds: number): number {
  const { date, yearsMore } = calendarDate(seconds);
  return date.getUTCFullYear() + yearsMore;
}

function dayOfYear(seconds: number): number {
  const date = dateOf(seconds);
  const newYear = startOf(date.getUTCFullYear(), 0);
  return Math.floor((date.getTime() - newYear) / DAY_MS) + 1;
}

function daysInMonth(seconds: number): number {
  const date = dateOf(seconds);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  return (startOf(year, month + 1) - startOf(year, month)) / DAY_MS;
}

/** `Date.UTC` takes the years 0 to 99 for 1900 to 1999. */
function startOf(year: number, month: number): number {
  const date = new Date(0);
  return date.setUTCFullYear(year, month, 1);
}
