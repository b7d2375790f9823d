/**
 * Snappy block decoding, byte by byte: the twin of `wasm/snappy.ts`. Works on any byte array, so it
 * also serves callers without a kernel memory. Bytes of the target are undefined after a failure.
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
} from "./layout/kernel-codes.ts";

/** The format announces at most 2^32 - 1 bytes in at most 5 varint bytes. */
const HEADER_BYTES_MAX = 5;
/** Kernels return byte counts as signed 32-bit numbers. */
const OUTPUT_BYTES_MAX = 0x7fff_ffff;

/**
 * The uncompressed size that a block announces, or `SNAPPY_HEADER`. Check it against a limit before
 * making room: anyone can announce 4 GiB in five bytes.
 */
export function snappyDeclaredBytes(
  bytes: Uint8Array,
  start: number = 0,
  end: number = bytes.length,
): number {
  let value = 0;
  let scale = 1;
  for (let i = start; i < end && i < start + HEADER_BYTES_MAX; i++) {
    const byte = bytes[i]!;
    value += (byte & 127) * scale;
    if (byte < 128) return value > 0xffff_ffff ? SNAPPY_HEADER : value;
    scale *= 128;
  }
  return SNAPPY_HEADER;
}

/** Decodes `bytes[source, source + sourceBytes)` to `bytes[target...)`; bytes written or a code. */
export function snappyDecode(
  bytes: Uint8Array,
  source: number,
  sourceBytes: number,
  target: number,
  targetBytes: number,
): number {
  const end = source + sourceBytes;
  const declared = snappyDeclaredBytes(bytes, source, end);
  if (declared < 0) return declared;
  if (declared > Math.min(targetBytes, OUTPUT_BYTES_MAX)) return SNAPPY_TOO_LARGE;
  let p = source;
  while (bytes[p]! >= 128) p++;
  return decodeElements(bytes, p + 1, end, target, target + declared);
}

function decodeElements(
  bytes: Uint8Array,
  from: number,
  end: number,
  target: number,
  targetEnd: number,
): number {
  let p = from;
  let o = target;
  while (p < end) {
    const tag = bytes[p]!;
    const kind = tag & 3;
    const extra = kind === 0 ? Math.max(0, (tag >> 2) - 59) : kind === 3 ? 4 : kind;
    if (extra > end - p - 1) return SNAPPY_TAG_CUT;
    const word = littleEndian(bytes, p + 1, extra);
    p += 1 + extra;
    if (kind === 0) {
      const length = (extra === 0 ? tag >> 2 : word) + 1;
      if (length > end - p) return SNAPPY_LITERAL_CUT;
      if (length > targetEnd - o) return SNAPPY_LITERAL_OVERRUN;
      bytes.copyWithin(o, p, p + length);
      p += length;
      o += length;
    } else {
      const length = kind === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
      const offset = kind === 1 ? ((tag >> 5) << 8) | word : word;
      if (offset === 0 || offset > o - target) return SNAPPY_COPY_OFFSET;
      if (length > targetEnd - o) return SNAPPY_COPY_OVERRUN;
      // Byte by byte: the copy may read what it has just written.
      for (const stop = o + length; o < stop; o++) bytes[o] = bytes[o - offset]!;
    }
  }
  return o === targetEnd ? targetEnd - target : SNAPPY_SHORT;
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let word = 0;
  for (let i = count - 1; i >= 0; i--) word = word * 256 + bytes[at + i]!;
  return word;
}
