/** One series of a slice out of the head, as blocks know series; columns are views of the slice. */
import { tenantId } from "#model/refs.ts";
import type { GenerationSlice } from "#storage/head-generation.ts";
import type { HistogramColumn } from "#storage/histogram-column.ts";
import type { BlockSeries } from "./block-series.ts";
import type { HistogramRows } from "./histogram-rows.ts";

export function seriesAt(slice: GenerationSlice, i: number): BlockSeries {
  return {
    tenant: tenantId(slice.tenants[i]!),
    placementLow: slice.placements[2 * i]!,
    placementHigh: slice.placements[2 * i + 1]!,
    fingerprintLow: slice.fingerprints[2 * i]!,
    fingerprintHigh: slice.fingerprints[2 * i + 1]!,
    labels: slice.labelBytes.subarray(slice.labelStart[i]!, slice.labelStart[i + 1]!),
    timestamps: slice.timestamps,
    values: slice.values,
    start: slice.sampleStart[i]!,
    end: slice.sampleStart[i + 1]!,
    histograms: slice.histograms === null ? null : histogramsAt(slice, slice.histograms, i),
  };
}

function histogramsAt(
  { sampleStart, timestamps }: GenerationSlice,
  { sampleIndex, start, bytes }: HistogramColumn,
  i: number,
): HistogramRows | null {
  const first = firstFrom(sampleIndex, sampleStart[i]!);
  const end = firstFrom(sampleIndex, sampleStart[i + 1]!);
  if (first === end) return null;
  return {
    length: end - first,
    timestamps: Float64Array.from(sampleIndex.subarray(first, end), (row) => timestamps[row]!),
    start: start.subarray(first, end + 1),
    bytes,
  };
}

/** First place of an ascending column with at least `least`. */
function firstFrom(column: Uint32Array, least: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
