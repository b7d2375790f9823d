/**
 * Bits one after another, lowest first, read by position. A read loads eight bytes (nine for more
 * than 57 bits), so up to eight bytes behind the stream must be readable.
 *
 * No static memory: `head.wasm` links this too.
 */

/** Bits of the word being filled, and how many they are. */
let word: u64 = 0;
let filled: u64 = 0;
let target: usize = 0;

export function startBits(at: usize): void {
  word = 0;
  filled = 0;
  target = at;
}

/** Appends the low `width` (0..64) bits of `value`, whose other bits are 0. */
// @ts-ignore: decorator
@inline
export function writeBits(value: u64, width: u64): void {
  word |= value << filled;
  filled += width;
  if (filled >= 64) {
    store<u64>(target, word);
    target += 8;
    filled -= 64;
    // A shift by 64 would be one by 0.
    word = filled == 0 ? 0 : value >> (width - filled);
  }
}

/** Writes what is left, up to a whole byte; the address behind it. */
export function endBits(): usize {
  while (filled > 0) {
    store<u8>(target++, <u8>word);
    word >>= 8;
    filled = filled > 8 ? filled - 8 : 0;
  }
  return target;
}

/** `width` (0..57) bits from bit `position` on. */
// @ts-ignore: decorator
@inline
export function readBits(source: usize, position: u32, width: u32): u64 {
  return (load<u64>(source + (position >> 3)) >> (position & 7)) & (((<u64>1) << width) - 1);
}

/** As `readBits`, for 0..64. */
// @ts-ignore: decorator
@inline
export function readWideBits(source: usize, position: u32, width: u32): u64 {
  const at = source + (position >> 3);
  const skip: u64 = position & 7;
  let bits = load<u64>(at) >> skip;
  // Two shifts: one by 64 would be one by 0.
  bits |= (<u64>load<u8>(at, 8) << 1) << (63 - skip);
  return width == 64 ? bits : bits & (((<u64>1) << width) - 1);
}
