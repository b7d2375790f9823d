/**
 * Decompresses a zstd body within bounds. What a frame announces, and what its blocks can hold at
 * most, is checked before any memory is taken; the output is one buffer of that size, given back at
 * once, because a collector of garbage comes too late for a flood of large bodies.
 */
import { constants, zstdDecompressSync } from "node:zlib";
import { EngineError } from "#base/engine-error.ts";
import { BODY_MALFORMED, BODY_TOO_LARGE } from "#storage/storage-errors.ts";

const MAGIC = 0xfd2f_b528;
/** Magic and frame header descriptor. */
const HEADER_BYTES_MIN = 5;
const SINGLE_SEGMENT = 0x20;
const CHECKSUM = 0x04;
const CHECKSUM_BYTES = 4;
/** Bytes of the dictionary id by the two low bits of the descriptor. */
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;
/** Bytes of the content size by the two high bits; the first is 1 in single segment frames. */
const SIZE_BYTES = [0, 2, 4, 8] as const;
/** A size in two bytes counts from here. */
const SIZE_BASE_2 = 256;
const BLOCK_HEADER_BYTES = 3;
/** No block holds more, compressed or not. */
const BLOCK_BYTES_MAX: number = 128 * 1024;
const BLOCK_RLE = 1;
const BLOCK_COMPRESSED = 2;
/** The least that the platform takes for a piece of output. */
const PIECE_BYTES_MIN = 64;
/** 32 MiB: no encoder asks for more unless told to, and the window is memory that frames choose. */
const WINDOW_LOG_MAX = 25;
/** Smaller output may lie in a buffer that others share. */
const OWN_BUFFER_BYTES_MIN: number = 64 * 1024;

/** Hands the decompressed bytes to `take`, for the length of that call, and returns their number. */
export function unzstd(
  body: Uint8Array,
  bytesMax: number,
  take: (decoded: Uint8Array) => void,
): number {
  const frame = readHeader(body);
  if (frame.declared !== null && frame.declared > bytesMax) throw tooLarge(bytesMax);
  const { least, most } = contentBounds(body, frame);
  if (frame.declared !== null && (frame.declared < least || frame.declared > most)) {
    throw malformed(`it cannot hold the ${frame.declared} bytes it announces`);
  }
  if (least > bytesMax) throw tooLarge(bytesMax);
  const decoded = decompress(body, frame.declared, Math.min(most, bytesMax), bytesMax);
  take(decoded);
  const { length } = decoded;
  if (length >= OWN_BUFFER_BYTES_MIN) decoded.buffer.transfer(0);
  return length;
}

function decompress(
  body: Uint8Array,
  declared: number | null,
  mostBytes: number,
  bytesMax: number,
): Uint8Array<ArrayBuffer> {
  const expected = declared ?? mostBytes;
  try {
    return zstdDecompressSync(body, {
      // One more than comes, so that all of it is one piece and the end is seen.
      chunkSize: Math.max(expected + 1, PIECE_BYTES_MIN),
      maxOutputLength: Math.max(expected, 1),
      params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX },
    });
  } catch (cause) {
    const isLonger = (cause as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE";
    if (isLonger && declared === null) throw tooLarge(bytesMax);
    const why = isLonger ? `it holds more than the ${declared} bytes it announces` : "not a frame";
    throw malformed(why, cause);
  }
}

interface FrameHeader {
  /** Size of the content; null when the frame does not tell. */
  readonly declared: number | null;
  readonly blocksStart: number;
  readonly hasChecksum: boolean;
}

function readHeader(body: Uint8Array): FrameHeader {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  if (body.length < HEADER_BYTES_MIN || view.getUint32(0, true) !== MAGIC) {
    throw malformed("not a frame");
  }
  const descriptor = body[HEADER_BYTES_MIN - 1]!;
  const isSingle = (descriptor & SINGLE_SEGMENT) !== 0;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 && isSingle ? 1 : SIZE_BYTES[sizeFlag]!;
  const at = HEADER_BYTES_MIN + (isSingle ? 0 : 1) + DICTIONARY_BYTES[descriptor & 3]!;
  if (at + sizeBytes > body.length) throw malformed("it ends inside its header");
  return {
    declared: sizeBytes === 0 ? null : sizeAt(view, at, sizeBytes),
    blocksStart: at + sizeBytes,
    hasChecksum: (descriptor & CHECKSUM) !== 0,
  };
}

function sizeAt(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + SIZE_BASE_2;
  const low = view.getUint32(at, true);
  return bytes === 4 ? low : view.getUint32(at + 4, true) * 2 ** 32 + low;
}

/**
 * The least and the most that the blocks can hold, from their headers alone. Also makes sure that
 * the body is one whole frame: senders send one, and more would be a way around its announced size.
 */
function contentBounds(body: Uint8Array, frame: FrameHeader): { least: number; most: number } {
  let least = 0;
  let most = 0;
  let at = frame.blocksStart;
  for (let isLast = false; !isLast;) {
    if (at + BLOCK_HEADER_BYTES > body.length) throw malformed("it ends before its last block");
    const header = body[at]! | (body[at + 1]! << 8) | (body[at + 2]! << 16);
    isLast = (header & 1) !== 0;
    const type = (header >> 1) & 3;
    const size = header >> 3;
    if (type > BLOCK_COMPRESSED || size > BLOCK_BYTES_MAX) throw malformed("a block is not one");
    least += type === BLOCK_COMPRESSED ? 0 : size;
    most += type === BLOCK_COMPRESSED ? BLOCK_BYTES_MAX : size;
    at += BLOCK_HEADER_BYTES + (type === BLOCK_RLE ? 1 : size);
  }
  if (frame.hasChecksum) at += CHECKSUM_BYTES;
  if (at !== body.length) throw malformed(`its frame has ${at} bytes of ${body.length}`);
  return { least, most };
}

function malformed(why: string, cause?: unknown): EngineError {
  return new EngineError(BODY_MALFORMED, `cannot decompress the body as zstd: ${why}`, { cause });
}

function tooLarge(bytesMax: number): EngineError {
  return new EngineError(
    BODY_TOO_LARGE,
    `cannot accept the body: decompressed it is over ${bytesMax} bytes`,
  );
}
