/**
 * CRC-32C by slicing: sixteen bytes per step over sixteen tables, which are computed when the
 * module starts. Twin: `#base/hash/crc32c.ts`.
 */
const POLYNOMIAL: u32 = 0x82f63b78;
const SLICES: u32 = 16;

/** Table `k`, entry `b`: checksum of byte `b` followed by `k` zero bytes. */
const TABLES: usize = memory.data(16384, 16);
for (let byte: u32 = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  store<u32>(TABLES + (<usize>byte << 2), crc);
}
for (let i: u32 = 256; i < SLICES << 8; i++) {
  const previous = load<u32>(TABLES + (<usize>(i - 256) << 2));
  store<u32>(TABLES + (<usize>i << 2), entry(0, previous) ^ (previous >> 8));
}

/** Checksum of `bytes` bytes at `source`; `seed` is the checksum of what came before. */
export function crc32c(source: usize, bytes: usize, seed: u32): u32 {
  const end = source + bytes;
  let crc = ~seed;
  let p = source;
  for (; end - p >= 16; p += 16) {
    const a = load<u32>(p) ^ crc;
    const b = load<u32>(p, 4);
    const c = load<u32>(p, 8);
    const d = load<u32>(p, 12);
    crc = slice(12, a) ^ slice(8, b) ^ slice(4, c) ^ slice(0, d);
  }
  for (; p < end; p++) crc = entry(0, crc ^ <u32>load<u8>(p)) ^ (crc >> 8);
  return ~crc;
}

/** The four bytes of `word`, the last of which is followed by `tail` more bytes of the step. */
// @ts-ignore: decorator
@inline
function slice(tail: usize, word: u32): u32 {
  return (
    entry(tail + 3, word) ^
    entry(tail + 2, word >> 8) ^
    entry(tail + 1, word >> 16) ^
    entry(tail, word >> 24)
  );
}

// @ts-ignore: decorator
@inline
function entry(table: usize, byte: u32): u32 {
  return load<u32>(TABLES + (table << 10) + (<usize>(byte & 255) << 2));
}
