/** Options of a shard's store. */
import type { SeriesQuota } from "#storage/series-quota.ts";
import type { StagingSamples } from "../head/head.ts";

/** One hour: late enough for a sender that was cut off briefly, short enough to find typos. */
export const OUT_OF_ORDER_WINDOW_MS_DEFAULT = 3_600_000;

/** A cache line pair of values per series. */
export const STAGING_SAMPLES_DEFAULT: StagingSamples = 16;
/** When memory is short. */
export const STAGING_SAMPLES_LOW: StagingSamples = 8;

/** What a shard of 64 gets of 100,000, which is what Prometheus keeps. */
export const EXEMPLARS_MAX_DEFAULT = 1563;

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
  /** The newest of the shard are kept; 0 keeps none. */
  readonly exemplarsMax?: number;
  /** Per series, against its own newest sample; 0 to Infinity. */
  readonly outOfOrderWindowMs?: number;
  /** As long as new series are welcome; then it is 8. */
  readonly stagingSamples?: StagingSamples;
  /** Asked before series of limited tenants are added. */
  readonly seriesQuota?: SeriesQuota;
}
