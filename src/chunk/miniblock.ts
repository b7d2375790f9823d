/**
 * Miniblocks outside of the head: a job thread gets the chains of a head slice as bytes and reads
 * them into columns. Inside the head the kernel's `miniblockEncode` and `miniblockDecode` are
 * linked into `head.wasm` itself (`kernels/wasm/page/miniblock.ts`). FORMAT.md draws the bytes.
 */
import { EngineError } from "#base/engine-error.ts";
import type { KernelRegion } from "#kernels/kernel-memory.ts";
import {
  CHAIN_BYTES,
  COLUMN_SAMPLES_MAX,
  MINIBLOCK_BYTES_MAX,
  MINIBLOCK_SAMPLES,
} from "#kernels/layout/page-layout.ts";
import type { PageKernel } from "#kernels/page-kernel.ts";
import { CHUNK_CORRUPT } from "./chunk-errors.ts";

const CHAIN_BYTES_MAX = (COLUMN_SAMPLES_MAX / MINIBLOCK_SAMPLES) * MINIBLOCK_BYTES_MAX;
const NO_SAMPLES = new Float64Array(0);

export class MiniblockReader {
  readonly #kernel: PageKernel;
  readonly #chain: KernelRegion;
  readonly #bytes: KernelRegion;
  readonly #timestamps: KernelRegion;
  readonly #values: KernelRegion;
  /** Columns of the last chain read, in kernel memory: copy what must outlive the next call. */
  timestamps: Float64Array<ArrayBuffer> = NO_SAMPLES;
  values: Float64Array<ArrayBuffer> = NO_SAMPLES;

  constructor(kernel: PageKernel) {
    const { memory } = kernel;
    const owner = `miniblock reader ${memory.regions().length}`;
    this.#kernel = kernel;
    this.#chain = memory.allocate(`${owner} chain`, CHAIN_BYTES);
    // A miniblock that is none may be read this far behind its chain.
    const bytesMax = CHAIN_BYTES_MAX + 2 * MINIBLOCK_BYTES_MAX;
    this.#bytes = memory.allocate(`${owner} bytes`, bytesMax);
    this.#timestamps = memory.allocate(`${owner} timestamps`, COLUMN_SAMPLES_MAX * 8);
    this.#values = memory.allocate(`${owner} values`, COLUMN_SAMPLES_MAX * 8);
  }

  /**
   * Reads a chain: `bytes[start, end)` holds miniblocks of 16 samples, the last one of fewer when
   * `count` is no multiple of 16; at most `COLUMN_SAMPLES_MAX`. Throws CHUNK_CORRUPT when the bytes
   * do not hold `count` samples.
   */
  read(bytes: Uint8Array, start: number, end: number, count: number): void {
    if (count > COLUMN_SAMPLES_MAX || end - start > CHAIN_BYTES_MAX) {
      corrupt(`got ${count} samples in ${end - start} bytes`);
    }
    const { calls, memory } = this.#kernel;
    const { u8, f64 } = memory.views();
    u8.set(bytes.subarray(start, end), this.#bytes.offset);
    u8.fill(0, this.#chain.offset, this.#chain.offset + CHAIN_BYTES);
    let at = 0;
    for (let from = 0; from < count; from += MINIBLOCK_SAMPLES) {
      if (at >= end - start) corrupt(`got ${from} samples, want ${count}`);
      at += calls.miniblockDecode(
        this.#chain.offset,
        this.#bytes.offset + at,
        Math.min(MINIBLOCK_SAMPLES, count - from),
        this.#timestamps.offset + 8 * from,
        this.#values.offset + 8 * from,
      );
    }
    if (at !== end - start) corrupt(`got ${end - start} bytes, read ${at}`);
    const [timestampsAt, valuesAt] = [this.#timestamps.offset / 8, this.#values.offset / 8];
    this.timestamps = f64.subarray(timestampsAt, timestampsAt + count);
    this.values = f64.subarray(valuesAt, valuesAt + count);
  }
}

function corrupt(cause: string): never {
  throw new EngineError(CHUNK_CORRUPT, `cannot read miniblocks: ${cause}`);
}
