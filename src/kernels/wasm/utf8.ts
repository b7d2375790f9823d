/** Strict UTF-8 validity. Twin: `#base/bytes/utf8.ts`, whose comments explain the bounds. */
const ASCII_MASK: u64 = 0x8080_8080_8080_8080;

export function isUtf8(source: usize, bytes: usize): bool {
  const end = source + bytes;
  let p = source;
  while (p < end) {
    // Fast path: sixteen ASCII bytes at once, then eight.
    if (end - p >= 16 && i8x16.bitmask(v128.load(p)) == 0) {
      p += 16;
      continue;
    }
    if (end - p >= 8 && (load<u64>(p) & ASCII_MASK) == 0) {
      p += 8;
      continue;
    }
    const lead: u32 = load<u8>(p);
    if (lead < 0x80) {
      p++;
      continue;
    }
    if (lead < 0xc2 || lead > 0xf4) return false;
    const length: usize = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length > end - p) return false;
    const second: u32 = load<u8>(p, 1);
    const least: u32 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const most: u32 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < least || second > most) return false;
    if (length > 2 && (load<u8>(p, 2) & 0xc0) != 0x80) return false;
    if (length > 3 && (load<u8>(p, 3) & 0xc0) != 0x80) return false;
    p += length;
  }
  return true;
}
