/**
 * Checksums of bytes that lie outside the kernels' memory: copied in first, which costs
 * a fraction of what the twins in TypeScript take longer. Not shared between threads.
 */
import { crc32c } from "#base/hash/crc32c.ts";
import type { Kernels } from "./kernel-calls.ts";

/** A checksum goes on piece by piece. Stays in a core's cache. */
const SCRATCH_BYTES: number = 64 * 1024;
/** Below this the call costs more than it saves. */
const CHECKSUM_BYTES_MIN = 256;

export class ByteKernels {
  readonly #kernels: Kernels;
  readonly #scratch: number;

  constructor(kernels: Kernels) {
    this.#kernels = kernels;
    this.#scratch = kernels.memory.allocate("bytes to check", SCRATCH_BYTES).offset;
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
}
