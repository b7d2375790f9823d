/**
 * The histograms of one series, by time: the bytes that its samples with a tagged value stand for.
 * They go beside the samples from source to sink as they are. What samples lost on the way, to a
 * merge or a deletion, leaves its bytes behind; only `eachHistogram` tells which still count.
 */
export interface HistogramRows {
  readonly length: number;
  /** Ascending; a time is there twice when two sources disagree. */
  readonly timestamps: Float64Array;
  /** Item i is `bytes[start[i] .. start[i + 1])`. */
  readonly start: Uint32Array;
  readonly bytes: Uint8Array;
}
