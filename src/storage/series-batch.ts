/**
 * From the slices of a shard to the batches of the query engine: labels and histograms are decoded,
 * columns are taken over as they are. The slice belongs to the batch afterwards.
 */
import { decodeHistogram } from "#chunk/histogram/decode-histogram.ts";
import type { FloatHistogram } from "#model/float-histogram.ts";
import { hintAfter } from "#model/histogram/hint-after.ts";
import { LabelsDecoder } from "#model/canonical-labels.ts";
import type { Labels } from "#model/labels.ts";
import type { HistogramColumn } from "./histogram-column.ts";
import type { SeriesBatch } from "./queryable.ts";
import type { SeriesSlice } from "./read-view.ts";

/** Pass one decoder for all slices of a selection, so that repeated label texts are shared. */
export function seriesBatchOf(
  slice: SeriesSlice,
  decoder: LabelsDecoder = new LabelsDecoder(),
): SeriesBatch {
  const { labelStart, labelBytes, histograms } = slice;
  const labels: Labels[] = [];
  for (let i = 0; i < slice.seriesCount; i++) {
    labels.push(decoder.decode(labelBytes, labelStart[i]!, labelStart[i + 1]!));
  }
  return {
    labels,
    sampleStart: slice.sampleStart,
    timestamps: slice.timestamps,
    values: slice.values,
    histograms: histograms && decodeHistograms(slice, histograms),
    startTimestamps: null,
  };
}

/** By sample. The values of those that are histograms become 0: they have served. */
function decodeHistograms(
  { values, sampleStart }: SeriesSlice,
  { sampleIndex, start, bytes }: HistogramColumn,
): (FloatHistogram | null)[] {
  const decoded = Array.from<FloatHistogram | null>({ length: values.length }).fill(null);
  let series = 0;
  for (const [i, row] of sampleIndex.entries()) {
    while (sampleStart[series + 1]! <= row) series++;
    const before = row === sampleStart[series] ? null : decoded[row - 1]!;
    const histogram = decodeHistogram(bytes, start[i]!, start[i + 1]!);
    decoded[row] = { ...histogram, counterResetHint: hintAfter(before, histogram) };
    values[row] = 0;
  }
  return decoded;
}
