/**
 * The histograms among the samples of a slice. Samples that are histograms have a tagged value
 * (`chunk/histogram/histogram-tag.ts`); this column holds their canonical bytes. A tagged value
 * without an entry here is a float that only looks like one.
 */
export interface HistogramColumn {
  /** Ascending: the places in `timestamps` and `values` of the samples that are histograms. */
  readonly sampleIndex: Uint32Array;
  /** One more than there are histograms: item `i` is `bytes[start[i] .. start[i + 1])`. */
  readonly start: Uint32Array;
  readonly bytes: Uint8Array;
}
