/** `sum`: compensated, so the order of series hardly shows. */
import { HistogramAccumulator } from "#model/histogram/histogram-accumulator.ts";
import { CompensatedSums } from "./compensated-sums.ts";
import type { OpenFold } from "./group-fold.ts";
import { MixedGroupFold } from "./mixed-fold.ts";

export const sum: OpenFold = (input) =>
  new MixedGroupFold(input, new CompensatedSums(), (first) => new HistogramAccumulator(first));
