/**
 * A column of values as whole numbers (`SCRATCH_WHOLES`): decimals scaled up, or ordered bits.
 * Values that do not fit in are marked in `SCRATCH_PATCHED` and repeat their neighbour's number.
 */
import { SCRATCH_PATCHED, SCRATCH_WHOLES, SOURCE_THOUSANDS } from "../../layout/page-layout";
import {
  DECIMAL_LIMIT,
  EXPONENT_MAX,
  THOUSANDS_EXPONENT_MIN,
  decimalOf,
  inversePowerOfTen,
  isDecimal,
  isSpecial,
  orderedBits,
  powerOfTen,
} from "./decimal";

/** Misfits that are worth a patch each: some at once, then one in 16. */
const MISFITS_FREE: u32 = 8;
const MISFIT_SHIFT: u32 = 4;

/** Values marked by the last call. */
export let patchedCount: u32 = 0;
/** Of them those that are no special values. */
export let misfitCount: u32 = 0;

/** The exponent at which nearly all values are decimals in this way (a source), or -1. */
export function decimalWholes(values: usize, count: u32, way: u32, scratch: usize): i32 {
  const exponent = findExponent(values, count, way);
  if (exponent < 0) return -1;
  const power = powerOfTen(exponent);
  const inverse = inversePowerOfTen(exponent);
  const wholes = scratch + SCRATCH_WHOLES;
  const patched = scratch + SCRATCH_PATCHED;
  let last: i64 = 0;
  patchedCount = 0;
  misfitCount = 0;
  for (let i: u32 = 0; i < count; i++) {
    const value = load<f64>(values + (i << 3));
    const whole = decimalOf(value, power);
    const fits = isDecimal(value, whole, power, inverse, way);
    const special = isSpecial(reinterpret<u64>(value));
    if (fits && !special) {
      if (patchedCount == i) fillBack(wholes, i, <i64>whole);
      last = <i64>whole;
    } else {
      patchedCount++;
      misfitCount += <u32>!special;
    }
    store<u8>(patched + i, <u8>(!fits || special));
    store<i64>(wholes + (i << 3), last);
  }
  return misfitCount > MISFITS_FREE + (count >> MISFIT_SHIFT) ? -1 : exponent;
}

/** The least exponent that fits the decimals among the values; gives up early on the others. */
function findExponent(values: usize, count: u32, way: u32): i32 {
  let exponent: u32 = way == SOURCE_THOUSANDS ? THOUSANDS_EXPONENT_MIN : 0;
  let power = powerOfTen(exponent);
  let inverse = inversePowerOfTen(exponent);
  let largest: f64 = 0;
  let misfits: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const value = load<f64>(values + (i << 3));
    let whole = decimalOf(value, power);
    if (isDecimal(value, whole, power, inverse, way)) {
      largest = max(largest, abs(whole));
      continue;
    }
    if (isSpecial(reinterpret<u64>(value))) continue;
    let raised = exponent;
    let raisedPower: f64;
    let raisedInverse: f64;
    do {
      raised++;
      raisedPower = powerOfTen(raised);
      raisedInverse = inversePowerOfTen(raised);
      whole = decimalOf(value, raisedPower);
    } while (
      raised <= EXPONENT_MAX &&
      abs(whole) < DECIMAL_LIMIT &&
      !isDecimal(value, whole, raisedPower, raisedInverse, way)
    );
    const scaled = largest * powerOfTen(raised - exponent);
    if (raised <= EXPONENT_MAX && abs(whole) < DECIMAL_LIMIT && scaled < DECIMAL_LIMIT) {
      largest = max(scaled, abs(whole));
      exponent = raised;
      power = raisedPower;
      inverse = raisedInverse;
    } else if (++misfits > MISFITS_FREE + (i >> MISFIT_SHIFT)) {
      return -1;
    }
  }
  return exponent;
}

/** The order of the bits for all values; special ones are marked. */
export function bitWholes(values: usize, count: u32, scratch: usize): void {
  const wholes = scratch + SCRATCH_WHOLES;
  let last: i64 = 0;
  patchedCount = 0;
  for (let i: u32 = 0; i < count; i++) {
    const bits = load<i64>(values + (i << 3));
    const special = isSpecial(bits);
    if (special) {
      patchedCount++;
    } else {
      last = orderedBits(bits);
      if (patchedCount == i) fillBack(wholes, i, last);
    }
    store<u8>(scratch + SCRATCH_PATCHED + i, <u8>special);
    store<i64>(wholes + (i << 3), last);
  }
}

/** Marked values before the first that fits take its number. */
function fillBack(wholes: usize, count: u32, whole: i64): void {
  for (let i: u32 = 0; i < count; i++) store<i64>(wholes + (i << 3), whole);
}
