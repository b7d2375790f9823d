/**
 * `irate` and `idelta`: the change between the last two samples of the window. The two must have one
 * type; a counter that was reset between them counts from zero.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { addHistograms } from "#model/histogram/add-histograms.ts";
import { compactHistogram } from "#model/histogram/compact-histogram.ts";
import { detectReset } from "#model/histogram/detect-reset.ts";
import { ADD_BOUNDS_RECONCILED } from "#model/histogram/histogram-accumulator.ts";
import { divideHistogram } from "#model/histogram/scale-histogram.ts";
import { ABSENT, FLOAT, HISTOGRAM } from "../../columns/series-matrix.ts";
import * as findings from "../../findings.ts";
import type { CellKind, RangeFunction, RangeWindow } from "../range-window.ts";
import { isStartReset } from "./start-timestamps.ts";

export const irate: RangeFunction = (window) => lastChange(window, true);

export const idelta: RangeFunction = (window) => lastChange(window, false);

function lastChange(window: RangeWindow, isRate: boolean): CellKind {
  const { floatCount, histogramCount, floatTimes, histogramTimes } = window;
  if (floatCount + histogramCount < 2) return ABSENT;
  const float = window.floatTo - 1;
  const histogram = window.histogramTo - 1;
  const floatMs = floatCount > 0 ? floatTimes[float]! : Number.NEGATIVE_INFINITY;
  const histogramMs = histogramCount > 0 ? histogramTimes[histogram]! : Number.NEGATIVE_INFINITY;
  const secondFloatMs = floatCount > 1 ? floatTimes[float - 1]! : Number.NEGATIVE_INFINITY;
  const secondHistogramMs =
    histogramCount > 1 ? histogramTimes[histogram - 1]! : Number.NEGATIVE_INFINITY;
  if (floatMs > histogramMs && secondFloatMs > histogramMs) return floatChange(window, isRate);
  if (histogramMs > floatMs && secondHistogramMs > floatMs) {
    return histogramChange(window, isRate);
  }
  window.annotations.warn(findings.mixedFloatsHistograms(window.metricName), window.place);
  return ABSENT;
}

function floatChange(window: RangeWindow, isRate: boolean): CellKind {
  const { floats, floatTimes, floatStarts: starts, floatTo } = window;
  const last = floatTo - 1;
  const seconds = (floatTimes[last]! - floatTimes[last - 1]!) / 1000;
  const reset =
    isRate && (floats[last]! < floats[last - 1]! || startReset(floatTimes, starts, last));
  const change = reset ? floats[last]! : floats[last]! - floats[last - 1]!;
  window.value = isRate ? change / seconds : change;
  return FLOAT;
}

function histogramChange(window: RangeWindow, isRate: boolean): CellKind {
  const { histograms, histogramTimes, histogramStarts: starts, annotations, place } = window;
  const at = window.histogramTo - 1;
  const last = histograms[at]!;
  const previous = histograms[at - 1]!;
  const gauges = [last, previous].filter((one) => one.counterResetHint === "gauge").length;
  if (isRate && gauges > 0) {
    annotations.warn(findings.nativeNotCounter(window.metricName), place);
  }
  if (!isRate && gauges < 2) annotations.warn(findings.nativeNotGauge(window.metricName), place);
  let change: FloatHistogram = last;
  const reset = isRate && (startReset(histogramTimes, starts, at) || detectReset(last, previous));
  if (!reset) {
    const added = addHistograms(last, previous, -1);
    if (added === null) {
      annotations.warn(findings.mixedExponentialCustom(window.metricName), place);
      return ABSENT;
    }
    if ((added.outcome & ADD_BOUNDS_RECONCILED) !== 0) {
      annotations.info(findings.boundsReconciled("subtraction"), place);
    }
    change = added.histogram;
  }
  const seconds = (histogramTimes[at]! - histogramTimes[at - 1]!) / 1000;
  const scaled = isRate ? divideHistogram(change, seconds) : change;
  window.histogram = { ...compactHistogram(scaled), counterResetHint: "gauge" };
  return HISTOGRAM;
}

function startReset(times: Float64Array, starts: Float64Array | null, i: number): boolean {
  return starts !== null && isStartReset(starts[i - 1]!, times[i - 1]!, starts[i]!, times[i]!);
}
