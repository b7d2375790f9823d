/**
 * Snappy block decoding. Every element is checked against the end of the source and of the declared
 * output before it is acted on; wide stores are used only where the whole vector lies inside the
 * declared output, so no byte outside `[target, target + declared)` is ever written. Bytes of the
 * target are undefined after a failure. Twin: `../snappy.ts`.
 */
import {
  SNAPPY_COPY_OFFSET,
  SNAPPY_COPY_OVERRUN,
  SNAPPY_HEADER,
  SNAPPY_LITERAL_CUT,
  SNAPPY_LITERAL_OVERRUN,
  SNAPPY_SHORT,
  SNAPPY_TAG_CUT,
  SNAPPY_TOO_LARGE,
} from "../layout/kernel-codes";

/** Most that an element of the fast path writes from its start on: 64 bytes and a vector. */
const COPY_SLACK: usize = 80;
/** Most that it reads: a tag and a vector. */
const SOURCE_SLACK: usize = 17;
/** Tags of literals of at most 16 bytes are below this: one vector. */
const SHORT_LITERALS_END: usize = 16 << 2;

/**
 * Per offset 1..15: 16 lane numbers that repeat the first `offset` bytes of a vector, then the
 * number of bytes (a multiple of the offset) that one such vector advances. 32 bytes each.
 */
const PATTERNS: usize = memory.data(512, 16);
for (let offset: usize = 1; offset < 16; offset++) {
  for (let lane: usize = 0; lane < 16; lane++) {
    store<u8>(PATTERNS + (offset << 5) + lane, <u8>(lane % offset));
  }
  store<u32>(PATTERNS + (offset << 5), 16 - (16 % <u32>offset), 16);
}

/** Decodes one block; returns the bytes written or a negative code. */
export function snappyDecode(
  source: usize,
  sourceBytes: usize,
  target: usize,
  targetBytes: usize,
): i32 {
  const end = source + sourceBytes;
  let declared: u64 = 0;
  let shift: u64 = 0;
  let p = source;
  for (; ; p++, shift += 7) {
    if (p >= end || shift > 28) return SNAPPY_HEADER;
    const byte: u64 = load<u8>(p);
    declared |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  p++;
  if (declared > 0xffff_ffff) return SNAPPY_HEADER;
  if (declared > 0x7fff_ffff || declared > <u64>targetBytes) return SNAPPY_TOO_LARGE;
  return decodeElements(p, end, target, target + <usize>declared);
}

function decodeElements(from: usize, end: usize, target: usize, targetEnd: usize): i32 {
  // Before these, reads and writes may go beyond the element at hand.
  const plain = end - from > SOURCE_SLACK ? end - SOURCE_SLACK : from;
  const roomy = targetEnd - target > COPY_SLACK ? targetEnd - COPY_SLACK : target;
  let p = from;
  let o = target;
  while (p < end) {
    const tag: usize = load<u8>(p);
    const kind = tag & 3;
    if (p < plain && o < roomy && (kind == 0 ? tag < SHORT_LITERALS_END : kind != 3)) {
      if (kind == 0) {
        v128.store(o, v128.load(p, 1));
        p += (tag >> 2) + 2;
        o += (tag >> 2) + 1;
      } else {
        // No branch between the two usual kinds of copy: which comes next is as good as random.
        const isNear = kind == 1;
        const trailer: usize = load<u16>(p, 1);
        const length = select<usize>(4 + ((tag >> 2) & 7), 1 + (tag >> 2), isNear);
        const offset = select<usize>(((tag >> 5) << 8) | (trailer & 255), trailer, isNear);
        // An offset of 0 wraps round and fails too.
        if (offset - 1 >= o - target) return SNAPPY_COPY_OFFSET;
        copyWide(o, offset, length);
        p += kind + 1;
        o += length;
      }
      continue;
    }
    if (kind == 0) {
      let length: usize = (tag >> 2) + 1;
      p++;
      if (length > 60) {
        const extra = length - 60;
        if (extra > end - p) return SNAPPY_TAG_CUT;
        length = lengthWord(p, extra);
        p += extra;
        // A stored length of 2^32 - 1 means 2^32 bytes: 0 here, and more than any source has.
        if (length == 0) return SNAPPY_LITERAL_CUT;
      }
      if (length > end - p) return SNAPPY_LITERAL_CUT;
      if (length > targetEnd - o) return SNAPPY_LITERAL_OVERRUN;
      memory.copy(o, p, length);
      p += length;
      o += length;
    } else {
      let length: usize;
      let offset: usize;
      if (kind == 1) {
        if (end - p < 2) return SNAPPY_TAG_CUT;
        length = 4 + ((tag >> 2) & 7);
        offset = ((tag >> 5) << 8) | <usize>load<u8>(p, 1);
        p += 2;
      } else if (kind == 2) {
        if (end - p < 3) return SNAPPY_TAG_CUT;
        length = 1 + (tag >> 2);
        offset = load<u16>(p, 1);
        p += 3;
      } else {
        if (end - p < 5) return SNAPPY_TAG_CUT;
        length = 1 + (tag >> 2);
        offset = load<u32>(p, 1);
        p += 5;
      }
      if (offset - 1 >= o - target) return SNAPPY_COPY_OFFSET;
      if (length > targetEnd - o) return SNAPPY_COPY_OVERRUN;
      if (o < roomy) copyWide(o, offset, length);
      else copyBytes(o, offset, length);
      o += length;
    }
  }
  return o == targetEnd ? <i32>(targetEnd - target) : SNAPPY_SHORT;
}

/** One more than the little-endian number in the `count` (1..4) bytes at `p`. */
function lengthWord(p: usize, count: usize): usize {
  let word: u32 = 0;
  for (let i: usize = 0; i < count; i++) word |= <u32>load<u8>(p + i) << (<u32>i << 3);
  return <usize>(word + 1);
}

/**
 * Copies up to 64 bytes from `offset` back; writes 64 or up to 15 more than `length`, because a
 * branch on a length that nobody can foresee costs more than the stores.
 */
// @ts-ignore: decorator
@inline
function copyWide(o: usize, offset: usize, length: usize): void {
  const s = o - offset;
  if (offset >= 16) {
    v128.store(o, v128.load(s));
    v128.store(o, v128.load(s, 16), 16);
    v128.store(o, v128.load(s, 32), 32);
    v128.store(o, v128.load(s, 48), 48);
  } else {
    const entry = PATTERNS + (offset << 5);
    const pattern = i8x16.swizzle(v128.load(s), v128.load(entry));
    const step: usize = load<u32>(entry, 16);
    const stop = o + length;
    for (let t = o; t < stop; t += step) v128.store(t, pattern);
  }
}

/** Exact copy near the end of the output, where source and target may overlap. */
function copyBytes(o: usize, offset: usize, length: usize): void {
  for (let i: usize = 0; i < length; i++) store<u8>(o + i, load<u8>(o + i - offset));
}
