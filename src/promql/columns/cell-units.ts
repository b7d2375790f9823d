/**
 * What work on a sample costs, in the units `Pace` counts: a float is one, an operation on a native
 * histogram is as much as on a thousand of them.
 */
import type { SeriesMatrix } from "./series-matrix.ts";

/** Measured: 3 to 30 microseconds for adding, scaling or trimming one; some 15 ns for a float. */
export const HISTOGRAM_UNITS = 1024;

/** The most a cell of the matrix costs. */
export function cellUnits({ histograms }: Pick<SeriesMatrix, "histograms">): number {
  return histograms === null ? 1 : HISTOGRAM_UNITS;
}
