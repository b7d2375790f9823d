/**
 * Miniblocks outside of the head: a job thread gets the chains of a head slice as bytes and reads
 * them into columns. Inside the head the kernel's `miniblockEncode` and `miniblockDecode` are
 * linked into `head.wasm` itself (`kernels/wasm/page/miniblock.ts`).
 */
import type { PageKernel } from "#kernels/page-kernel.ts";

export class MiniblockReader {
  /** Columns of the last chain read, in kernel memory: copy what must outlive the next call. */
  timestamps: Float64Array<ArrayBuffer>;
  values: Float64Array<ArrayBuffer>;

  constructor(kernel: PageKernel) {
    void kernel;
    this.timestamps = new Float64Array(0);
    this.values = new Float64Array(0);
  }

  /**
   * Reads a chain: `bytes[start, end)` holds miniblocks of 16 samples, the last one of fewer when
   * `count` is no multiple of 16. Throws CHUNK_CORRUPT when the bytes do not hold `count` samples.
   */
  read(bytes: Uint8Array, start: number, end: number, count: number): void {
    throw new Error(`not written yet: ${bytes.length} ${start} ${end} ${count}`);
  }
}
