/**
 * Hashes and checksums of bytes that lie outside the kernels' memory: copied in first, which costs
 * a fraction of what the twins in TypeScript take longer. Not shared between threads.
 */
import { crc32c } from "#base/hash/crc32c.ts";
import { xxh64Into } from "#base/hash/xxh64.ts";
import type { Kernels } from "./kernel-calls.ts";

/** A checksum goes on piece by piece; what is hashed is seldom longer. Stays in a core's cache. */
const SCRATCH_BYTES: number = 64 * 1024;
/** Below this the call costs more than it saves. */
const CHECKSUM_BYTES_MIN = 256;
const HASH_BYTES = 8;

export class ByteKernels {
  readonly #kernels: Kernels;
  readonly #scratch: number;
  readonly #hash: number;

  constructor(kernels: Kernels) {
    this.#kernels = kernels;
    this.#scratch = kernels.memory.allocate("bytes to hash", SCRATCH_BYTES).offset;
    this.#hash = kernels.memory.allocate("hash", HASH_BYTES).offset;
  }

  /** As the twin in `#base/hash/crc32c.ts`. */
  readonly crc32c = (
    bytes: Uint8Array,
    seed: number = 0,
    start: number = 0,
    end: number = bytes.length,
  ): number => {
    if (end - start < CHECKSUM_BYTES_MIN) return crc32c(bytes, seed, start, end);
    const { calls, memory } = this.#kernels;
    const { u8 } = memory.views();
    let crc = seed;
    for (let at = start; at < end; at += SCRATCH_BYTES) {
      const piece = bytes.subarray(at, Math.min(end, at + SCRATCH_BYTES));
      u8.set(piece, this.#scratch);
      crc = calls.crc32c(this.#scratch, piece.length, crc);
    }
    return crc;
  };

  /** As the twin in `#base/hash/xxh64.ts`. */
  readonly xxh64Into: typeof xxh64Into = (out, at, bytes, seedLow, seedHigh, start, end) => {
    if (end - start > SCRATCH_BYTES) {
      xxh64Into(out, at, bytes, seedLow, seedHigh, start, end);
      return;
    }
    const { calls, memory } = this.#kernels;
    const { u8, u32 } = memory.views();
    u8.set(bytes.subarray(start, end), this.#scratch);
    calls.xxh64Into(this.#scratch, end - start, seedLow, seedHigh, this.#hash);
    out[at] = u32[this.#hash >>> 2]!;
    out[at + 1] = u32[(this.#hash >>> 2) + 1]!;
  };
}
