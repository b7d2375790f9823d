/**
 * Decompresses a zstd body within bounds: the size that its frame announces is checked before any
 * memory is taken, is all the memory taken, and is given back at once, because a collector of garbage
 * comes too late for a flood of large bodies. Frames that announce nothing are stopped at the limit.
 */
import { constants, zstdDecompressSync } from "node:zlib";
import { EngineError } from "#base/engine-error.ts";
import { BODY_MALFORMED, BODY_TOO_LARGE } from "#storage/storage-errors.ts";

const MAGIC = 0xfd2f_b528;
/** Magic and frame header descriptor. */
const HEADER_BYTES_MIN = 5;
const SINGLE_SEGMENT = 0x20;
/** Bytes of the dictionary id by the two low bits of the descriptor. */
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;
/** Bytes of the content size by the two high bits; the first is 1 in single segment frames. */
const SIZE_BYTES = [0, 2, 4, 8] as const;
/** A size in two bytes counts from here. */
const SIZE_BASE_2 = 256;
/** Output of a frame without a size is collected in pieces; the least that the platform takes. */
const PIECE_BYTES = 64 * 1024;
const PIECE_BYTES_MIN = 64;
/** 32 MiB: no encoder asks for more unless told to, and the window is memory that frames choose. */
const WINDOW_LOG_MAX = 25;
/** Smaller output may lie in a buffer that others share. */
const OWN_BUFFER_BYTES_MIN = 64 * 1024;

/** Hands the decompressed bytes to `take`, for the length of that call, and returns their number. */
export function unzstd(
  body: Uint8Array,
  bytesMax: number,
  take: (decoded: Uint8Array) => void,
): number {
  const declared = declaredBytes(body);
  if (declared !== null && declared > bytesMax) throw tooLarge(bytesMax);
  const decoded = decompress(body, declared, bytesMax);
  take(decoded);
  const { length } = decoded;
  if (length >= OWN_BUFFER_BYTES_MIN) decoded.buffer.transfer(0);
  return length;
}

function decompress(
  body: Uint8Array,
  declared: number | null,
  bytesMax: number,
): Uint8Array<ArrayBuffer> {
  try {
    return zstdDecompressSync(body, {
      // One more than is announced, so that the end is seen without a second piece.
      chunkSize: declared === null ? PIECE_BYTES : Math.max(declared + 1, PIECE_BYTES_MIN),
      maxOutputLength: Math.max(declared ?? bytesMax, 1),
      params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX },
    });
  } catch (cause) {
    const isLonger = (cause as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE";
    if (isLonger && declared === null) throw tooLarge(bytesMax);
    const why = isLonger ? `it holds more than the ${declared} bytes it announces` : "not a frame";
    throw malformed(why, cause);
  }
}

/** The size of the first frame's content; null when it does not tell. */
function declaredBytes(body: Uint8Array): number | null {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  if (body.length < HEADER_BYTES_MIN || view.getUint32(0, true) !== MAGIC) {
    throw malformed("not a frame");
  }
  const descriptor = body[HEADER_BYTES_MIN - 1]!;
  const isSingle = (descriptor & SINGLE_SEGMENT) !== 0;
  const dictionaryBytes = DICTIONARY_BYTES[descriptor & 3]!;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 && isSingle ? 1 : SIZE_BYTES[sizeFlag]!;
  if (sizeBytes === 0) return null;
  const at = HEADER_BYTES_MIN + (isSingle ? 0 : 1) + dictionaryBytes;
  if (at + sizeBytes > body.length) throw malformed("it ends inside its header");
  if (sizeBytes === 1) return view.getUint8(at);
  if (sizeBytes === 2) return view.getUint16(at, true) + SIZE_BASE_2;
  const low = view.getUint32(at, true);
  return sizeBytes === 4 ? low : view.getUint32(at + 4, true) * 2 ** 32 + low;
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
