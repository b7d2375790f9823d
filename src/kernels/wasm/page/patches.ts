/**
 * Values that a column's whole numbers do not give: runs of special bits (NaN, infinities, -0) by a
 * short list of patterns, others in full. Bytes: `src/chunk/FORMAT.md`.
 */
import { isSpecial } from "./decimal";
import { SCRATCH_PATCHED } from "./scratch";
import { readVarint, varintEnd, writeVarint } from "./varint";

const PATTERNS_MAX: u32 = 7;

/** Patterns of the column being written, in its bytes. */
let patterns: usize = 0;
let patternCount: u32 = 0;

/** Number of the pattern, or `patternCount`. */
function patternOf(bits: u64): u32 {
  let i: u32 = 0;
  while (i < patternCount && load<u64>(patterns + (i << 3)) != bits) i++;
  return i;
}

/** Writes the patches of all values marked in `SCRATCH_PATCHED`; the address behind them. */
export function encodePatches(values: usize, count: u32, out: usize, scratch: usize): usize {
  const patched = scratch + SCRATCH_PATCHED;
  patterns = out + 1;
  patternCount = 0;
  for (let i: u32 = 0; i < count && patternCount < PATTERNS_MAX; i++) {
    const bits = load<u64>(values + (i << 3));
    if (load<u8>(patched + i) == 0 || !isSpecial(bits) || patternOf(bits) < patternCount) continue;
    store<u64>(patterns + (patternCount << 3), bits);
    patternCount++;
  }
  store<u8>(out, <u8>patternCount);
  let at = patterns + (patternCount << 3);
  let from: u32 = 0;
  for (let i: u32 = 0; i < count; ) {
    if (load<u8>(patched + i) == 0) {
      i++;
      continue;
    }
    const pattern = patternOf(load<u64>(values + (i << 3)));
    let to = i + 1;
    while (to < count && load<u8>(patched + to) && patternOf(load<u64>(values + (to << 3))) == pattern) to++;
    at = writeVarint(at, i - from);
    at = writeVarint(at, (to - i - 1) * (patternCount + 1) + pattern);
    if (pattern == patternCount) {
      memory.copy(at, values + (i << 3), (to - i) << 3);
      at += (to - i) << 3;
    }
    from = to;
    i = to;
  }
  return at;
}

/** Applies the patches at `[source, end)` to `count` decoded values; false when they are none. */
export function applyPatches(source: usize, end: usize, values: usize, count: u32): bool {
  const known: u32 = load<u8>(source);
  let at = source + 1 + (<usize>known << 3);
  if (known > PATTERNS_MAX || at > end) return false;
  let i: u64 = 0;
  while (at < end) {
    const gap = readVarint(at);
    const code = readVarint(varintEnd);
    at = varintEnd;
    const pattern = <u32>(code % (known + 1));
    const length = code / (known + 1) + 1;
    if (gap > count || length > count || i + gap + length > count) return false;
    i += gap;
    const to = values + (<usize>i << 3);
    if (pattern == known) {
      if (at > end || <u64>(end - at) < length << 3) return false;
      memory.copy(to, at, <usize>length << 3);
      at += <usize>length << 3;
    } else {
      const bits = load<u64>(source + 1 + (<usize>pattern << 3));
      for (let k: u64 = 0; k < length; k++) store<u64>(to + (<usize>k << 3), bits);
    }
    i += length;
  }
  return at == end;
}
