/**
 * How the labels of one tenant spread over the series in memory, slice by slice from the index of a
 * shard. Series that were dropped lately may still be counted.
 */

/** Entries per slice: well below a millisecond of reading, so ingest waits no longer. */
export const LABEL_COUNTS_SLICE_MAX = 2048;

/** Some of the values of one label. */
export interface LabelCountsSlice {
  readonly name: string;
  readonly values: readonly string[];
  /** Series that have the label with this value, index-aligned. */
  readonly seriesCounts: Uint32Array;
}

export interface LabelCountsCursor {
  /** Null at the end. A value that comes while the cursor is open may be left out. */
  next(): LabelCountsSlice | null;
}
