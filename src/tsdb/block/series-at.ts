/** One series of a slice out of the head, as blocks know series; columns are views of the slice. */
import { tenantId } from "#model/refs.ts";
import type { GenerationSlice } from "#storage/head-generation.ts";
import type { BlockSeries } from "./block-series.ts";

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
  };
}
