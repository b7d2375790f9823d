/**
 * From the slices of a shard to the batches of the query engine: labels are decoded, columns are
 * taken over as they are. The slice belongs to the batch afterwards.
 */
import { LabelsDecoder } from "#model/canonical-labels.ts";
import type { Labels } from "#model/labels.ts";
import type { SeriesBatch } from "./queryable.ts";
import type { SeriesSlice } from "./read-view.ts";

/** Pass one decoder for all slices of a selection, so that repeated label texts are shared. */
export function seriesBatchOf(
  slice: SeriesSlice,
  decoder: LabelsDecoder = new LabelsDecoder(),
): SeriesBatch {
  const { labelStart, labelBytes } = slice;
  const labels: Labels[] = [];
  for (let i = 0; i < slice.seriesCount; i++) {
    labels.push(decoder.decode(labelBytes, labelStart[i]!, labelStart[i + 1]!));
  }
  return {
    labels,
    sampleStart: slice.sampleStart,
    timestamps: slice.timestamps,
    values: slice.values,
    histograms: null,
    startTimestamps: null,
  };
}
