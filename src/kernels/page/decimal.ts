/** Decimals and the order of bits: twin of `wasm/page/decimal.ts`, which explains them. */
import { SOURCE_DIVIDE, SOURCE_MULTIPLY } from "../layout/page-layout.ts";

export const DECIMAL_LIMIT = 1e15;
export const EXPONENT_MAX = 22;
export const THOUSANDS_EXPONENT_MIN = 4;

const SIGN = 1n << 63n;
const INFINITY_BITS = 0x7ffn << 52n;

const POWERS: readonly number[] = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const INVERSES: readonly number[] = Array.from({ length: 23 }, (_, i) => Number(`1e-${i}`));

const scalar = new DataView(new ArrayBuffer(8));

export function bitsOf(value: number): bigint {
  scalar.setFloat64(0, value);
  return scalar.getBigUint64(0);
}

export function valueOf(bits: bigint): number {
  scalar.setBigUint64(0, BigInt.asUintN(64, bits));
  return scalar.getFloat64(0);
}

/** 10^e, of an exponent above 22 that of 22. */
export function powerOfTen(exponent: number): number {
  return POWERS[Math.min(exponent, EXPONENT_MAX)]!;
}

export function isSpecial(bits: bigint): boolean {
  return (bits & INFINITY_BITS) === INFINITY_BITS || bits === SIGN;
}

/** Of bits as a signed number; its own inverse. */
export function orderedBits(bits: bigint): bigint {
  return bits < 0n ? BigInt.asIntN(64, bits ^ 0x7fff_ffff_ffff_ffffn) : bits;
}

export function decimalOf(value: number, exponent: number): number {
  return Math.floor(value * powerOfTen(exponent) + 0.5);
}

/** The value that a whole number stands for. */
export function scaledDown(whole: number, exponent: number, way: number): number {
  const power = powerOfTen(exponent);
  if (way === SOURCE_DIVIDE) return whole / power;
  if (way === SOURCE_MULTIPLY) return whole * INVERSES[Math.min(exponent, EXPONENT_MAX)]!;
  return whole / 1000 / (power / 1000);
}

export function isDecimal(value: number, whole: number, exponent: number, way: number): boolean {
  return Math.abs(whole) < DECIMAL_LIMIT && scaledDown(whole, exponent, way) === value;
}
