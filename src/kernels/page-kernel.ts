/**
 * The functions of `page.wasm` and of its TypeScript twins: encoding and decoding of sample
 * columns, miniblocks, checksums and digests. Arguments are addresses, counts and u32 numbers in
 * one memory. An instance keeps nothing between calls; who holds it owns its memory.
 */
import type { KernelMemory } from "./kernel-memory.ts";

/** Where the module lies, for whoever loads files; compile it once per thread. */
export const PAGE_MODULE_URL: URL = new URL("./page.wasm", import.meta.url);

export interface PageCalls {
  /** Bytes written at `out`; see `wasm/page/miniblock.ts`. */
  miniblockEncode(
    chain: number,
    timestamps: number,
    values: number,
    count: number,
    out: number,
    scratch: number,
  ): number;
  /** Bytes read at `source`. */
  miniblockDecode(
    chain: number,
    source: number,
    count: number,
    timestamps: number,
    values: number,
  ): number;
}

export interface PageKernel {
  readonly calls: PageCalls;
  readonly memory: KernelMemory;
}
