/** Sum and average of the native histograms of a window. */
import type { FloatHistogram } from "#model/float-histogram.ts";
import {
  ADD_BOUNDS_RECONCILED,
  ADD_INCOMPATIBLE,
  HistogramAccumulator,
} from "#model/histogram/histogram-accumulator.ts";
import { HistogramMean } from "#model/histogram/histogram-mean.ts";
import { ABSENT, HISTOGRAM } from "../../columns/series-matrix.ts";
import * as findings from "../../findings.ts";
import type { CellKind, RangeWindow } from "../range-window.ts";

export function sumHistograms(window: RangeWindow): CellKind {
  const total = new HistogramAccumulator(window.histograms[window.histogramFrom]!);
  return combine(window, total, () => total.toHistogram());
}

export function averageHistograms(window: RangeWindow): CellKind {
  const mean = new HistogramMean(window.histograms[window.histogramFrom]!);
  return combine(window, mean, () => mean.toHistogram());
}

function combine(
  window: RangeWindow,
  total: { add(histogram: FloatHistogram): number },
  result: () => FloatHistogram,
): CellKind {
  const { histograms, histogramFrom, histogramTo, annotations, place } = window;
  const hints = new Set([histograms[histogramFrom]!.counterResetHint]);
  let reconciled = false;
  for (let i = histogramFrom + 1; i < histogramTo; i++) {
    hints.add(histograms[i]!.counterResetHint);
    const outcome = total.add(histograms[i]!);
    if ((outcome & ADD_INCOMPATIBLE) !== 0) {
      annotations.warn(findings.mixedExponentialCustom(window.metricName), place);
      return ABSENT;
    }
    reconciled ||= (outcome & ADD_BOUNDS_RECONCILED) !== 0;
  }
  if (hints.has("reset") && hints.has("not_reset")) {
    annotations.warn(findings.counterResetCollision("aggregation"), place);
  }
  if (reconciled) annotations.info(findings.boundsReconciled("aggregation"), place);
  window.histogram = result();
  return HISTOGRAM;
}
