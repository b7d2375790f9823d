/**
 * A column of values as whole numbers (`SCRATCH_WHOLES`): decimals scaled up, or ordered bits.
 * Values that do not fit in are marked in `SCRATCH_PATCHED` and repeat their neighbour's number.
 */
import { SOURCE_DIVIDE, SOURCE_THOUSANDS } from "../../layout/page-layout";
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
import { SCRATCH_PATCHED, SCRATCH_WHOLES } from "./scratch";

/** Misfits that are worth a patch each: some at once, then one in 16. */
const MISFITS_FREE: u32 = 8;
const MISFIT_SHIFT: u32 = 4;

/** Values marked by the last call. */
export let patchedCount: u32 = 0;
/** Of them those that are no special values. */
export let misfitCount: u32 = 0;

/** Scale at hand, and the largest whole number at it. */
let exponent: u32 = 0;
let power: f64 = 1;
let inverse: f64 = 1;
let largest: f64 = 0;

/** The exponent at which nearly all values are decimals in this way (a source), or -1. */
export function decimalWholes(values: usize, count: u32, way: u32, scratch: usize): i32 {
  setExponent(way == SOURCE_THOUSANDS ? THOUSANDS_EXPONENT_MIN : 0);
  largest = 0;
  let tried: u32 = 0;
  let raised: u32 = 0;
  for (let i: u32 = 0; i < count; ) {
    i = fillWholes(values, i, count, way, scratch);
    if (i == count) break;
    // The value at i is no decimal at this scale: a larger one may do, for those before it too.
    const value = load<f64>(values + (i << 3));
    if (!isSpecial(reinterpret<u64>(value))) {
      if (raise(value, way)) {
        raised = i;
        continue;
      }
      if (++tried > MISFITS_FREE + (i >> MISFIT_SHIFT)) return -1;
    }
    store<u8>(scratch + SCRATCH_PATCHED + i, 1);
    i++;
  }
  for (let i: u32 = 0; i < raised; ) {
    i = fillWholes(values, i, raised, way, scratch);
    if (i < raised) store<u8>(scratch + SCRATCH_PATCHED + i++, 1);
  }
  repeatNeighbours(values, count, scratch);
  return misfitCount > MISFITS_FREE + (count >> MISFIT_SHIFT) ? -1 : exponent;
}

function setExponent(to: u32): void {
  exponent = to;
  power = powerOfTen(to);
  inverse = inversePowerOfTen(to);
}

/** Whole numbers of values from `from` on; the first that has none, or `to`. */
function fillWholes(values: usize, from: u32, to: u32, way: u32, scratch: usize): u32 {
  const wholes = scratch + SCRATCH_WHOLES;
  const patched = scratch + SCRATCH_PATCHED;
  const scale = power;
  const inverseScale = inverse;
  let most = largest;
  let i = from;
  if (way == SOURCE_DIVIDE) i = fillPairs(values, from, to, scratch);
  most = max(most, largest);
  for (; i < to; i++) {
    const value = load<f64>(values + (i << 3));
    const whole = decimalOf(value, scale);
    if (!isDecimal(value, whole, scale, inverseScale, way)) break;
    if (isSpecial(reinterpret<u64>(value))) break;
    most = max(most, abs(whole));
    store<i64>(wholes + (i << 3), <i64>whole);
    store<u8>(patched + i, 0);
  }
  largest = most;
  return i;
}

/**
 * Pairs of decimals by division; stops at a pair that holds anything else. Adding 1.5 x 2^52 to a
 * number below 2^51 leaves it as an integer in the low bits.
 */
function fillPairs(values: usize, from: u32, to: u32, scratch: usize): u32 {
  const wholes = scratch + SCRATCH_WHOLES;
  const patched = scratch + SCRATCH_PATCHED;
  const magic = i64x2.splat(0x4338000000000000);
  const scales = f64x2.splat(power);
  const halves = f64x2.splat(0.5);
  const limits = f64x2.splat(DECIMAL_LIMIT);
  const negativeZeros = i64x2.splat(<i64>0x8000000000000000);
  let most = f64x2.splat(0);
  let i = from;
  for (; i + 2 <= to; i += 2) {
    const pair = v128.load(values + (i << 3));
    const whole = f64x2.floor(f64x2.add(f64x2.mul(pair, scales), halves));
    const sizes = f64x2.abs(whole);
    let fits = f64x2.eq(f64x2.div(whole, scales), pair);
    fits = v128.and(fits, f64x2.lt(sizes, limits));
    fits = v128.and(fits, i64x2.ne(pair, negativeZeros));
    if (!i64x2.all_true(fits)) break;
    most = f64x2.max(most, sizes);
    v128.store(wholes + (i << 3), i64x2.sub(f64x2.add(whole, magic), magic));
    store<u16>(patched + i, 0);
  }
  largest = max(largest, max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1)));
  return i;
}

/** Raises the scale to the least at which `value` is a decimal and the others still fit. */
function raise(value: f64, way: u32): bool {
  let whole: f64;
  let raised = exponent;
  do {
    raised++;
    whole = decimalOf(value, powerOfTen(raised));
  } while (
    raised <= EXPONENT_MAX &&
    abs(whole) < DECIMAL_LIMIT &&
    !isDecimal(value, whole, powerOfTen(raised), inversePowerOfTen(raised), way)
  );
  const scaled = largest * powerOfTen(raised - exponent);
  if (raised > EXPONENT_MAX || !(abs(whole) < DECIMAL_LIMIT) || !(scaled < DECIMAL_LIMIT)) {
    return false;
  }
  largest = scaled;
  setExponent(raised);
  return true;
}

/** The order of the bits for all values; special ones are marked. */
export function bitWholes(values: usize, count: u32, scratch: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const bits = load<i64>(values + (i << 3));
    store<u8>(scratch + SCRATCH_PATCHED + i, <u8>isSpecial(bits));
    store<i64>(scratch + SCRATCH_WHOLES + (i << 3), orderedBits(bits));
  }
  repeatNeighbours(values, count, scratch);
}

/** Marked values take the number before them, those at the start the first number; counts them. */
function repeatNeighbours(values: usize, count: u32, scratch: usize): void {
  const wholes = scratch + SCRATCH_WHOLES;
  const patched = scratch + SCRATCH_PATCHED;
  patchedCount = 0;
  misfitCount = 0;
  let i: u32 = 0;
  // Eight marks at a time: they are rare.
  for (; i + 8 <= count && load<u64>(patched + i) == 0; i += 8) {}
  let last: i64 = i == 0 ? 0 : load<i64>(wholes + ((i - 1) << 3));
  for (; i < count; i++) {
    if (load<u8>(patched + i) == 0) {
      last = load<i64>(wholes + (i << 3));
      if (patchedCount == i) fillBack(wholes, i, last);
      continue;
    }
    patchedCount++;
    misfitCount += <u32>!isSpecial(load<u64>(values + (i << 3)));
    store<i64>(wholes + (i << 3), last);
  }
}

/** Marked values before the first that fits take its number. */
function fillBack(wholes: usize, count: u32, whole: i64): void {
  for (let i: u32 = 0; i < count; i++) store<i64>(wholes + (i << 3), whole);
}
