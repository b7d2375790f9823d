/**
 * Times in parameters: seconds since 1970 as a number, or RFC 3339. Two texts are special: what
 * clients send for "as far back (or ahead) as there is".
 */
import { parseRfc3339 } from "#base/units/rfc3339.ts";
import { parseFloat64 } from "#model/parse-float.ts";
import { TIMESTAMP_MS_MAX, TIMESTAMP_MS_MIN } from "#model/refs.ts";

const EXTREMES: ReadonlyMap<string, number> = new Map([
  ["-292273086-05-16T16:47:06Z", TIMESTAMP_MS_MIN],
  ["292277025-08-18T07:12:54.999999999Z", TIMESTAMP_MS_MAX],
  ["+292277025-08-18T07:12:54.999999999Z", TIMESTAMP_MS_MAX],
]);

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
