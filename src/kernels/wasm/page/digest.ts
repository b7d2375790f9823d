/**
 * Digest of samples: two sums mod 2^64, each of its own mix of fingerprint, timestamp and value
 * bits. Fixed for ever: see `src/chunk/FORMAT.md`.
 */
const A: u64 = 0x9e3779b97f4a7c15;
const B: u64 = 0xbf58476d1ce4e5b9;
const C: u64 = 0x94d049bb133111eb;
const D: u64 = 0xd6e8feb86659fd93;

// @ts-ignore: decorator
@inline
function fold(word: u64, factor: u64): u64 {
  return (word ^ (word >> 32)) * factor;
}

/** Timestamps are mixed as f64 bits: whole numbers, never -0. Adds `count` samples of a series to the two u64 sums at `sums`. */
export function digestAdd(
  sums: usize,
  fingerprintLow: u32,
  fingerprintHigh: u32,
  timestamps: usize,
  values: usize,
  count: u32,
): void {
  const fingerprint = <u64>fingerprintLow | (<u64>fingerprintHigh << 32);
  const seed = fold(fold(fingerprint + D, C), B);
  let a: u64 = load<u64>(sums);
  let b: u64 = load<u64>(sums, 8);
  for (let i: u32 = 0; i < count; i++) {
    const timestamp = load<u64>(timestamps + (i << 3));
    const bits = load<u64>(values + (i << 3));
    const mixed = fold(timestamp * A + seed, B);
    const x = fold(mixed ^ bits, C);
    const y = fold(rotr(mixed, 32) + bits, D);
    a += x ^ (x >> 29);
    b += y ^ (y >> 31);
  }
  store<u64>(sums, a);
  store<u64>(sums, b, 8);
}
