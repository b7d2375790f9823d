/** The platform's zstd for small pieces that are compressed and unpacked on the calling thread. */
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";

/** As fast as writing them: what is compressed here is packed already. */
const LEVEL = 1;

export interface ZstdCompressor {
  compress(bytes: Uint8Array): Uint8Array;
  /** Throws when `bytes` is no frame of exactly `rawBytes`. */
  decompress(bytes: Uint8Array, rawBytes: number): Uint8Array;
}

export const zstdCompressor: ZstdCompressor = {
  compress: (bytes) =>
    zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } }),
  decompress: (bytes, rawBytes) => {
    // One more than it may have, so that a frame that holds too much is noticed.
    const raw = zstdDecompressSync(bytes, { maxOutputLength: rawBytes + 1 });
    if (raw.length !== rawBytes) {
      throw new Error(`cannot decompress: got ${raw.length} bytes, want ${rawBytes}`);
    }
    return raw;
  },
};
