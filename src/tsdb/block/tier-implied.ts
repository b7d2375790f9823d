/**
 * What the other columns of a bucket imply, so that it need not be stored (FORMAT.md). A reader
 * computes the same and puts the stored rows over it. NaN is never implied, because its bits are not
 * the same on every machine.
 */
import { unitsOf, valueOfUnits } from "./decimal-units.ts";
import type { TierRows } from "./tier-rows.ts";

/** Of a bucket whose samples lie on a line, constant ones and steady counters among them. */
export function impliedSum(rows: TierRows, row: number): number {
  const first = rows.first[row]!;
  const last = rows.last[row]!;
  const count = rows.count[row]!;
  return count === 1 ? last : ((first + last) / 2) * count;
}

/** Of a bucket that rises, or falls, throughout. */
export function impliedMin(rows: TierRows, row: number): number {
  const first = rows.first[row]!;
  const last = rows.last[row]!;
  return last < first ? last : first;
}

export function impliedMax(rows: TierRows, row: number): number {
  const first = rows.first[row]!;
  const last = rows.last[row]!;
  return last > first ? last : first;
}

/**
 * What distances of first values are measured from: the last value of the bucket right before, which
 * `before` is for row 0, else the last value of the bucket itself.
 */
export function firstBase(rows: TierRows, row: number, bucketMs: number, before: number): number {
  if (row === 0) return Number.isNaN(before) ? rows.last[0]! : before;
  const isNext = rows.bucketMs[row - 1] === rows.bucketMs[row]! - bucketMs;
  return isNext && rows.count[row - 1]! > 0 ? rows.last[row - 1]! : rows.last[row]!;
}

/**
 * Whole units from `implied` to `value`, or 0 when `valueFrom` would not come back to it. 0 is never
 * a distance: what is implied is not stored.
 */
export function unitsFrom(implied: number, value: number, digits: number): number {
  const units = unitsOf(value, digits) - unitsOf(implied, digits);
  const isExact =
    Number.isSafeInteger(units) && Object.is(valueFrom(implied, units, digits), value);
  return isExact ? units : 0;
}

/** The value that is `units` away from the implied one. */
export function valueFrom(implied: number, units: number, digits: number): number {
  return valueOfUnits(unitsOf(implied, digits) + units, digits);
}
