/**
 * A head generation: the samples between two cuts of a shard's log. A closed one takes no samples
 * any more; it leaves slice by slice into blocks and is released when a manifest names them.
 */
import type { LogRecordDraft } from "./log-record.ts";
import type { SeriesSlice } from "./read-view.ts";

/** Upper bound of a cut's payload: whoever cuts has that much room in the log. */
export const CUT_PAYLOAD_BYTES_MAX: number = 1024 * 1024;

export interface ClosedGeneration {
  /** Rises by one from cut to cut. */
  readonly number: number;
  /** Its samples come from records `firstSeq` to `lastSeq`; the last one is the cut. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Infinity and -Infinity without samples. */
  readonly minMs: number;
  readonly maxMs: number;
  readonly sampleCount: number;
}

/** Series with what a block needs to know of them. Two words each are low, high. */
export interface GenerationSlice extends SeriesSlice {
  readonly tenants: Uint32Array;
  readonly fingerprints: Uint32Array;
  readonly placements: Uint32Array;
}

export interface GenerationCursor {
  /**
   * The next slice, bounded as slices of a read view are and sometimes empty, or null at the end.
   * Series come in (placement, fingerprint) order; samples ascend, and each time is there once.
   */
  next(): GenerationSlice | null;
  close(): void;
}

/**
 * What the series log of a shard has to keep of a cut, as records that `ShardStore.restore` takes
 * again: series, then the cut itself. A draft is valid until the next call.
 */
export interface SeriesRecordCursor {
  next(): LogRecordDraft | null;
}
