/**
 * Reads the values of an `@st` line: start timestamps as durations relative to their samples, with
 * the repeat forms of `parse-values.ts`.
 */
import { parseDurationText } from "../parse/duration-text.ts";

/** Sign, duration, then perhaps a signed difference and a count. */
const ITEM = /^([+-]?)((?:\d+(?:ms|[ywdhms]))+|0+)(?:([+-])((?:\d+(?:ms|[ywdhms]))+))?(?:x(\d+))?$/;

/** Milliseconds after the sample, null where there is none. Throws an `Error`. */
export function parseStartValues(text: string): (number | null)[] {
  return text.split(/\s+/).flatMap(parseItem);
}

function parseItem(item: string): (number | null)[] {
  const omitted = /^_(?:x(\d+))?$/.exec(item);
  if (omitted !== null) return Array.from({ length: Number(omitted[1] ?? 1) }, () => null);
  const match = ITEM.exec(item);
  if (match === null) throw new Error(`invalid ST item ${JSON.stringify(item)}`);
  const [, sign, duration = "", direction, difference, times] = match;
  const step = difference === undefined ? 0 : durationMs(difference);
  let value = (sign === "-" ? -1 : 1) * durationMs(duration);
  const values: number[] = [];
  for (let i = 0; i <= Number(times ?? 0); i++) {
    values.push(value);
    value += direction === "-" ? -step : step;
  }
  return values;
}

function durationMs(text: string): number {
  const duration = parseDurationText(text);
  if (duration.ok) return duration.ms;
  if (/^0+$/.test(text)) return 0;
  throw new Error(duration.problem);
}
