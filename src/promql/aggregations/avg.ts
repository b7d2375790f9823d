/** `avg`: of floats or of histograms. */
import { HistogramMean } from "#model/histogram/histogram-mean.ts";
import { CompensatedMeans } from "./compensated-means.ts";
import type { OpenFold } from "./group-fold.ts";
import { MixedGroupFold } from "./mixed-fold.ts";

export const avg: OpenFold = (input) =>
  new MixedGroupFold(input, new CompensatedMeans(), (first) => new HistogramMean(first));
