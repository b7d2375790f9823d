/**
 * Variable-length integers of the page formats: LEB128 of at most ten bytes, zigzag for signed
 * ones. Readers trust the caller to leave ten readable bytes.
 */

/** Where the last `readVarint` stopped. */
export let varintEnd: usize = 0;

// @ts-ignore: decorator
@inline
export function zigzag(value: i64): u64 {
  return <u64>((value << 1) ^ (value >> 63));
}

// @ts-ignore: decorator
@inline
export function unzigzag(code: u64): i64 {
  return <i64>(code >> 1) ^ -<i64>(code & 1);
}

export function writeVarint(at: usize, value: u64): usize {
  while (value >= 128) {
    store<u8>(at++, <u8>(value | 128));
    value >>= 7;
  }
  store<u8>(at++, <u8>value);
  return at;
}

/** The number at `at`; bits beyond 64 are dropped, and the tenth byte is the last in any case. */
export function readVarint(at: usize): u64 {
  let value: u64 = 0;
  let shift: u64 = 0;
  let byte: u64 = 0;
  do {
    byte = load<u8>(at++);
    value |= (byte & 127) << shift;
    shift += 7;
  } while (byte >= 128 && shift < 70);
  varintEnd = at;
  return value;
}

/** Bytes that `writeVarint` takes. */
// @ts-ignore: decorator
@inline
export function varintBytes(value: u64): u32 {
  return <u32>((70 - clz<u64>(value | 1)) / 7);
}
