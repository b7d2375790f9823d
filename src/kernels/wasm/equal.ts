/** Byte equality of two ranges in vector steps. Nothing outside the ranges is read. */

// @ts-ignore: decorator
@inline
export function equalBytes(a: usize, b: usize, bytes: usize): bool {
  return bytes >= 64 ? equalLong(a, b, bytes) : equalShort(a, b, bytes);
}

/** 64 bytes per step; the last step overlaps the one before it. */
function equalLong(a: usize, b: usize, bytes: usize): bool {
  const last = a + bytes - 64;
  const shift = b - a;
  for (let p = a; p < last; p += 64) if (differ64(p, p + shift)) return false;
  return !differ64(last, last + shift);
}

function equalShort(a: usize, b: usize, bytes: usize): bool {
  if (bytes >= 16) {
    const last = a + bytes - 16;
    const shift = b - a;
    for (let p = a; p < last; p += 16) {
      if (v128.any_true(v128.xor(v128.load(p), v128.load(p + shift)))) return false;
    }
    return !v128.any_true(v128.xor(v128.load(last), v128.load(last + shift)));
  }
  if (bytes >= 8) {
    const last = bytes - 8;
    return load<u64>(a) == load<u64>(b) && load<u64>(a + last) == load<u64>(b + last);
  }
  for (let i: usize = 0; i < bytes; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

// @ts-ignore: decorator
@inline
function differ64(a: usize, b: usize): bool {
  return v128.any_true(difference64(a, b));
}

// @ts-ignore: decorator
@inline
function difference64(a: usize, b: usize): v128 {
  const low = v128.or(
    v128.xor(v128.load(a), v128.load(b)),
    v128.xor(v128.load(a, 16), v128.load(b, 16)),
  );
  const high = v128.or(
    v128.xor(v128.load(a, 32), v128.load(b, 32)),
    v128.xor(v128.load(a, 48), v128.load(b, 48)),
  );
  return v128.or(low, high);
}
