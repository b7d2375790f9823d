/** Sum and difference of two native histograms. */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { ADD_INCOMPATIBLE, HistogramAccumulator } from "./histogram-accumulator.ts";

export interface AddedHistograms {
  readonly histogram: FloatHistogram;
  /** A set of the `ADD_...` bits of `histogram-accumulator.ts`. */
  readonly outcome: number;
}

/** Null when one has exponential and the other custom buckets. */
export function addHistograms(
  a: FloatHistogram,
  b: FloatHistogram,
  sign: 1 | -1 = 1,
): AddedHistograms | null {
  const accumulator = new HistogramAccumulator(a);
  const outcome = accumulator.add(b, sign);
  if ((outcome & ADD_INCOMPATIBLE) !== 0) return null;
  return { histogram: accumulator.toHistogram(), outcome };
}
