/** Zstandard frames made by hand: headers that lie about sizes, and blocks that blow up. */
import { concat } from "./wire.ts";

const MAGIC = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd);
const BLOCK_BYTES_MAX = 128 * 1024;
const SINGLE_SEGMENT = 0x20;
const SIZE_IN_8_BYTES = 0xc0;
/** Block type in bits 1 and 2 of a block header. */
const RLE_BLOCK = 1 << 1;

/** A frame that announces `size` (null: nothing) and holds `total` times one byte. */
export function rleFrame(byte: number, total: number, size: bigint | null): Uint8Array {
  const blocks: number[] = [];
  for (let left = total; left > 0; left -= BLOCK_BYTES_MAX) {
    const count = Math.min(left, BLOCK_BYTES_MAX);
    const header = (count << 3) | RLE_BLOCK | (left === count ? 1 : 0);
    blocks.push(header & 255, (header >> 8) & 255, header >> 16, byte);
  }
  return concat([frameHeader(size, 0), Uint8Array.from(blocks)]);
}

/** The blocks of `frame` under a header of our own. The checksum flag is taken over. */
export function reframed(frame: Uint8Array, size: bigint | null, windowLog: number): Uint8Array {
  const flags = frame[4]!;
  const isSingle = (flags & SINGLE_SEGMENT) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6]!;
  const blocks = frame.slice(5 + (isSingle ? 0 : 1) + sizeBytes);
  const header = frameHeader(size, windowLog);
  header[4]! |= flags & 4;
  return concat([header, blocks]);
}

/** With a size: one segment of that size. Without: a window of `2^windowLog` bytes. */
function frameHeader(size: bigint | null, windowLog: number): Uint8Array {
  if (size === null) {
    const exponent = Math.max(0, (windowLog === 0 ? 20 : windowLog) - 10);
    return concat([MAGIC, Uint8Array.of(0, exponent << 3)]);
  }
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, size), true);
  return concat([MAGIC, Uint8Array.of(SIZE_IN_8_BYTES | SINGLE_SEGMENT), bytes]);
}

/** A frame that decoders skip. */
export function skippableFrame(bytes: Uint8Array): Uint8Array {
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, bytes.length, true);
  return concat([Uint8Array.of(0x50, 0x2a, 0x4d, 0x18), size, bytes]);
}
