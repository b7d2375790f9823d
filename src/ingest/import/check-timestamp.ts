/** Times that a column can hold, judged where the line is known. */
import { TIMESTAMP_MS_MAX, TIMESTAMP_MS_MIN } from "#model/refs.ts";
import { LineFault } from "./line-fault.ts";

export function checkTimestamp(ms: number): number {
  if (Number.isInteger(ms) && ms >= TIMESTAMP_MS_MIN && ms <= TIMESTAMP_MS_MAX) return ms;
  throw new LineFault(`got timestamp ${ms}, want whole milliseconds in [-2^52, 2^52)`);
}
