/** Times in CSV columns. A reader gives whole milliseconds, or null when the text is no such time. */
import { parseRfc3339 } from "#base/units/rfc3339.ts";
import { compileTimeLayout } from "./time-layout.ts";

export type CsvTime = (text: string) => number | null;

const CUSTOM = "custom:";
const NANOSECONDS_PER_MS = 1_000_000n;

/** Null when the format has no reader. */
export function csvTimeOf(format: string): CsvTime | null {
  switch (format) {
    case "unix_s":
      return unixSeconds;
    case "unix_ms":
      return unixMilliseconds;
    case "unix_ns":
      return unixNanoseconds;
    case "rfc3339":
      return parseRfc3339;
    default:
      return format.startsWith(CUSTOM) ? compileTimeLayout(format.slice(CUSTOM.length)) : null;
  }
}

function unixSeconds(text: string): number | null {
  if (!/^[+-]?\d+(?:\.\d+)?$/.test(text)) return null;
  const seconds = Number(text);
  const whole = Math.trunc(seconds);
  return whole * 1000 + Math.round((seconds - whole) * 1000);
}

function unixMilliseconds(text: string): number | null {
  return /^[+-]?\d{1,16}$/.test(text) ? Number(text) : null;
}

/** Nanoseconds since 1970 have more digits than a number keeps. */
function unixNanoseconds(text: string): number | null {
  return /^[+-]?\d{1,19}$/.test(text) ? Number(BigInt(text) / NANOSECONDS_PER_MS) : null;
}
