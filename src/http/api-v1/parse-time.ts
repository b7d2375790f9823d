/**
 * Times in parameters: seconds since 1970 as a number, or RFC 3339. Two texts are special: what
 * clients send for "as far back (or ahead) as there is".
 */
import { parseFloat64 } from "#model/parse-float.ts";
import { TIMESTAMP_MS_MAX, TIMESTAMP_MS_MIN } from "#model/refs.ts";

const EXTREMES: ReadonlyMap<string, number> = new Map([
  ["-292273086-05-16T16:47:06Z", TIMESTAMP_MS_MIN],
  ["292277025-08-18T07:12:54.999999999Z", TIMESTAMP_MS_MAX],
  ["+292277025-08-18T07:12:54.999999999Z", TIMESTAMP_MS_MAX],
]);

const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Integer milliseconds (a finer fraction is cut), or null. */
export function parseTime(text: string): number | null {
  const extreme = EXTREMES.get(text);
  if (extreme !== undefined) return extreme;
  const seconds = parseFloat64(text);
  const ms = seconds === null ? parseRfc3339(text) : secondsToMs(seconds);
  if (ms === null || !(ms >= TIMESTAMP_MS_MIN && ms <= TIMESTAMP_MS_MAX)) return null;
  return ms;
}

/** Whole seconds and fraction apart, so that large times keep their milliseconds. */
function secondsToMs(seconds: number): number {
  const whole = Math.trunc(seconds);
  return whole * 1000 + Math.round((seconds - whole) * 1000);
}

function parseRfc3339(text: string): number | null {
  const match = RFC_3339.exec(text);
  if (match === null) return null;
  const part = (index: number): number => Number(match[index] ?? 0);
  const [year, month, day] = [part(1), part(2), part(3)];
  const [hour, minute, second] = [part(4), part(5), part(6)];
  const fractionMs = Number((match[7] ?? "").padEnd(3, "0").slice(0, 3));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  const [offsetHours, offsetMinutes] = [part(9), part(10)];
  if (!isReal || hour > 23 || minute > 59 || second > 59) return null;
  if (offsetHours > 23 || offsetMinutes > 59) return null;
  const sign = match[8] === "-" ? -1 : 1;
  const offsetMs = sign * (offsetHours * 60 + offsetMinutes) * 60_000;
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + fractionMs - offsetMs;
}
