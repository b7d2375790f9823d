/**
 * Unsigned LEB128 varints, as protobuf and our own formats use them. Numbers only: values above
 * 2^53 - 1 are the business of `ByteReader`, which reports them. Signed values travel zigzagged.
 */
import { assert } from "#base/assert.ts";

/** 10 groups of 7 bits hold 64 bits. */
export const VARINT_BYTES_MAX = 10;

/** Bytes that `writeVarint` needs for `value`. */
export function varintBytes(value: number): number {
  let count = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) count++;
  return count;
}

/** Writes `value` (an integer in [0, 2^53)) at `offset`; returns the offset after it. */
export function writeVarint(into: Uint8Array, offset: number, value: number): number {
  assert(Number.isSafeInteger(value) && value >= 0, () => `varint: got ${value}, want 0..2^53-1`);
  let at = offset;
  let rest = value;
  while (rest >= 0x8000_0000) {
    into[at++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  while (rest >= 128) {
    into[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  into[at++] = rest;
  return at;
}

/** Maps 0, -1, 1, -2, ... to 0, 1, 2, 3, ...; defined on [-2^52, 2^52). */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

export function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
