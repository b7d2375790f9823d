/**
 * Decimals: a value that a whole number m below 10^15 gives bit for bit when scaled down by 10^e in
 * one of the ways that exporters compute: `m / 10^e`, `m * 10^-e`, `m / 1000 / 10^(e-3)`. 15 digits,
 * because then the noise of a sum (the 16th and 17th) never passes for a decimal.
 *
 * No static memory: `head.wasm` links this too.
 */

import { SOURCE_DIVIDE, SOURCE_MULTIPLY } from "../../layout/page-layout";

/** `|m|` stays below this. */
export const DECIMAL_LIMIT: f64 = 1e15;
export const EXPONENT_MAX: u32 = 22;
/** The way through thousands needs an exponent above this. */
export const THOUSANDS_EXPONENT_MIN: u32 = 4;

const SIGN: u64 = 0x8000000000000000;
const INFINITY_BITS: u64 = 0x7ff0000000000000;

/** NaN, infinity and -0: no decimal has their bits. */
// @ts-ignore: decorator
@inline
export function isSpecial(bits: u64): bool {
  return (bits & INFINITY_BITS) == INFINITY_BITS || bits == SIGN;
}

/** Bits in the order of the numbers, and back: its own inverse. */
// @ts-ignore: decorator
@inline
export function orderedBits(bits: i64): i64 {
  return bits ^ ((bits >> 63) & 0x7fffffffffffffff);
}

/** 10^e; exact up to 22. */
export function powerOfTen(exponent: u32): f64 {
  switch (exponent) {
    case 0: return 1;
    case 1: return 1e1;
    case 2: return 1e2;
    case 3: return 1e3;
    case 4: return 1e4;
    case 5: return 1e5;
    case 6: return 1e6;
    case 7: return 1e7;
    case 8: return 1e8;
    case 9: return 1e9;
    case 10: return 1e10;
    case 11: return 1e11;
    case 12: return 1e12;
    case 13: return 1e13;
    case 14: return 1e14;
    case 15: return 1e15;
    case 16: return 1e16;
    case 17: return 1e17;
    case 18: return 1e18;
    case 19: return 1e19;
    case 20: return 1e20;
    case 21: return 1e21;
    default: return 1e22;
  }
}

/** The double nearest to 10^-e. */
export function inversePowerOfTen(exponent: u32): f64 {
  switch (exponent) {
    case 0: return 1;
    case 1: return 1e-1;
    case 2: return 1e-2;
    case 3: return 1e-3;
    case 4: return 1e-4;
    case 5: return 1e-5;
    case 6: return 1e-6;
    case 7: return 1e-7;
    case 8: return 1e-8;
    case 9: return 1e-9;
    case 10: return 1e-10;
    case 11: return 1e-11;
    case 12: return 1e-12;
    case 13: return 1e-13;
    case 14: return 1e-14;
    case 15: return 1e-15;
    case 16: return 1e-16;
    case 17: return 1e-17;
    case 18: return 1e-18;
    case 19: return 1e-19;
    case 20: return 1e-20;
    case 21: return 1e-21;
    default: return 1e-22;
  }
}

/** The candidate m of a value; the caller computes the value back and compares. */
// @ts-ignore: decorator
@inline
export function decimalOf(value: f64, power: f64): f64 {
  return floor<f64>(value * power + 0.5);
}

/** True when `whole` gives exactly `value` at this power; the way is a column's source. */
// @ts-ignore: decorator
@inline
export function isDecimal(value: f64, whole: f64, power: f64, inverse: f64, way: u32): bool {
  if (!(abs<f64>(whole) < DECIMAL_LIMIT)) return false;
  if (way == SOURCE_DIVIDE) return whole / power == value;
  if (way == SOURCE_MULTIPLY) return whole * inverse == value;
  return whole / 1000 / (power / 1000) == value;
}
