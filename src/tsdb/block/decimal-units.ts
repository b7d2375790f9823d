/**
 * Values as whole numbers of decimal units: most metrics have few digits behind the point, and then
 * sums and differences are exact. All steps are single operations on doubles, so every machine comes
 * to the same bits. A value has `digits` when value × 10^digits is whole and gives it back.
 */

/** More digits behind the point than this are no measurement but noise of a computation. */
export const DIGITS_MAX = 9;
/** A value that is no short decimal. */
export const NO_DIGITS = -1;

const POWERS: readonly number[] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
/** Whole numbers up to here are exact, and so are their sums while they stay below. */
const UNITS_MAX: number = Number.MAX_SAFE_INTEGER;

/** Whole units of `value`; only meaningful when `hasDigits`. */
export function unitsOf(value: number, digits: number): number {
  return Math.round(value * POWERS[digits]!);
}

/** The value of whole units: the double next to the decimal number. */
export function valueOfUnits(units: number, digits: number): number {
  return units / POWERS[digits]!;
}

export function hasDigits(value: number, digits: number): boolean {
  const units = unitsOf(value, digits);
  return Math.abs(units) <= UNITS_MAX && units / POWERS[digits]! === value;
}

/** The fewest digits, at least `least`, or `NO_DIGITS`. */
export function digitsOf(value: number, least: number): number {
  for (let digits = least; digits <= DIGITS_MAX; digits++) {
    if (hasDigits(value, digits)) return digits;
  }
  return NO_DIGITS;
}

/** The decimal sum of values `[start, end)` as the next double; NaN when they are no decimals. */
export function decimalSum(values: Float64Array, start: number, end: number): number {
  let digits = 0;
  for (let row = start; row < end && digits >= 0; row++) digits = digitsOf(values[row]!, digits);
  if (digits < 0) return Number.NaN;
  let units = 0;
  for (let row = start; row < end; row++) {
    units += unitsOf(values[row]!, digits);
    if (Math.abs(units) > UNITS_MAX) return Number.NaN;
  }
  return valueOfUnits(units, digits);
}
