/**
 * What work on a sample costs, in the units `Pace` counts: a float is one, an operation on a native
 * histogram is as much as on some hundred of them.
 */
import type { SeriesMatrix } from "./series-matrix.ts";

/** Measured: 3 to 15 microseconds for adding or scaling one, against some 15 ns for a float. */
export const HISTOGRAM_UNITS = 512;

/** The most a cell of the matrix costs. */
export function cellUnits({ histograms }: Pick<SeriesMatrix, "histograms">): number {
  return histograms === null ? 1 : HISTOGRAM_UNITS;
}
