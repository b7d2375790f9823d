/** Equality of floats up to the rounding that scripts allow. */
const RELATIVE_ERROR_MAX = 1e-6;
/** Smallest normal float64; below it a relative error means nothing. */
const MIN_NORMAL = 2 ** -1022;

export function almostEqual(a: number, b: number): boolean {
  if (Number.isNaN(a) && Number.isNaN(b)) return true;
  if (a === b) return true;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < MIN_NORMAL) return difference < RELATIVE_ERROR_MAX * MIN_NORMAL;
  return difference / Math.min(sum, Number.MAX_VALUE) < RELATIVE_ERROR_MAX;
}

/** True only for equal lengths. */
export function allAlmostEqual(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => almostEqual(value, b[i]!));
}
