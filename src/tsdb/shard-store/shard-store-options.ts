/** Options of a shard's store. */

/** One hour: late enough for a sender that was cut off briefly, short enough to find typos. */
export const OUT_OF_ORDER_WINDOW_MS_DEFAULT = 3_600_000;

export interface ShardStoreOptions {
  /** `head.wasm`, compiled once per thread; see `kernels/head-kernel.ts`. */
  readonly headKernel: WebAssembly.Module;
  /** Linear memory of the head, at least 64 KiB and at most 4 GiB. */
  readonly headBytesMax: number;
  /**
   * Different for every opening of the shard anywhere (the shard's epoch does): refs that were
   * issued but never became durable are issued again for other series.
   */
  readonly generation: number;
  /** Per series, against its own newest sample; 0 to Infinity. */
  readonly outOfOrderWindowMs?: number;
}
