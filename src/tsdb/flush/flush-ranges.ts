/**
 * Into which ranges of time a head generation is cut when it becomes blocks: aligned 2-hour ranges,
 * or wider ones when the samples span so much time (imports of years) that there would be too many.
 * Pure.
 */
import { assert } from "#base/assert.ts";

const HOUR_MS = 3_600_000;
/** Each next width is a multiple of the one before, so ranges nest: 2 h, 24 h, 7 d, 28 d, 336 d. */
const WIDTHS_MS: readonly number[] = [2, 24, 168, 672, 8064].map((hours) => hours * HOUR_MS);
/** Blocks written at a time; each holds a page and an index in memory. */
export const FLUSH_RANGES_MAX = 32;

/** Width of the ranges for samples from `minMs` to `maxMs`, both included. */
export function flushRangeMs(minMs: number, maxMs: number): number {
  assert(minMs <= maxMs, () => `flush: got samples from ${minMs} to ${maxMs}`);
  let widthMs = WIDTHS_MS[0]!;
  for (const wider of WIDTHS_MS) {
    widthMs = wider;
    if (rangeCount(minMs, maxMs, widthMs) <= FLUSH_RANGES_MAX) return widthMs;
  }
  // Centuries: double until it fits, still aligned.
  while (rangeCount(minMs, maxMs, widthMs) > FLUSH_RANGES_MAX) widthMs *= 2;
  return widthMs;
}

/** Start of the aligned range that holds `timestampMs`; negative times count down. */
export function rangeStartMs(timestampMs: number, widthMs: number): number {
  return Math.floor(timestampMs / widthMs) * widthMs;
}

function rangeCount(minMs: number, maxMs: number, widthMs: number): number {
  return Math.floor(maxMs / widthMs) - Math.floor(minMs / widthMs) + 1;
}
