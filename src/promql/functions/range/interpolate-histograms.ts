/** A native histogram between two samples, on the line through every bucket. */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { addHistograms } from "#model/histogram/add-histograms.ts";
import { detectReset } from "#model/histogram/detect-reset.ts";
import { ADD_BOUNDS_RECONCILED } from "#model/histogram/histogram-accumulator.ts";
import { multiplyHistogram } from "#model/histogram/scale-histogram.ts";
import type { Annotations, TextRange } from "../../annotations.ts";
import * as findings from "../../findings.ts";

export interface HistogramSample {
  readonly timeMs: number;
  readonly histogram: FloatHistogram;
}

/** Null when the two do not mix. A counter reset between them counts as a start from zero. */
export function interpolateHistograms(
  from: HistogramSample,
  to: HistogramSample,
  timeMs: number,
  isCounter: boolean,
  annotations: Annotations,
  place: TextRange,
): FloatHistogram | null {
  if (timeMs === from.timeMs) return from.histogram;
  if (timeMs === to.timeMs) return to.histogram;
  const fraction = (timeMs - from.timeMs) / (to.timeMs - from.timeMs);
  if (isCounter && detectReset(to.histogram, from.histogram)) {
    return multiplyHistogram(to.histogram, fraction);
  }
  const rise = addHistograms(to.histogram, from.histogram, -1);
  if (rise === null) return null;
  const sum = addHistograms(multiplyHistogram(rise.histogram, fraction), from.histogram);
  if (sum === null) return null;
  if ((rise.outcome & ADD_BOUNDS_RECONCILED) !== 0) {
    annotations.info(findings.boundsReconciled("subtraction"), place);
  }
  if ((sum.outcome & ADD_BOUNDS_RECONCILED) !== 0) {
    annotations.info(findings.boundsReconciled("addition"), place);
  }
  return sum.histogram;
}
