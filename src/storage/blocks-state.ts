/**
 * What a manifest states at one version, as far as those between the shard and its blocks look at
 * it: which blocks there are and when. The thread that reads the files gets the whole of it back.
 */
import type { TimeRange } from "./queryable.ts";

/** First and last sample of a block. */
export interface BlockSpan extends TimeRange {
  /** 0 = samples as received; above, buckets of aggregates. */
  readonly tier: number;
}

/** Immutable, and plain data: it may be sent to another thread. */
export interface BlocksState {
  /** Grows by one with every change. */
  readonly version: number;
  readonly blocks: ReadonlyMap<number, BlockSpan>;
}
