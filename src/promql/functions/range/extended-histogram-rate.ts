/**
 * `rate`, `increase` and `delta` of native histograms over `anchored` and `smoothed` windows: what
 * `extended-rate.ts` does to floats, bucket by bucket. The result is a gauge.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { usesCustomBuckets } from "#model/histogram/bucket-bounds.ts";
import { compactHistogram } from "#model/histogram/compact-histogram.ts";
import { detectReset } from "#model/histogram/detect-reset.ts";
import {
  ADD_BOUNDS_RECONCILED,
  ADD_INCOMPATIBLE,
  HistogramAccumulator,
} from "#model/histogram/histogram-accumulator.ts";
import { divideHistogram } from "#model/histogram/scale-histogram.ts";
import { ABSENT, HISTOGRAM } from "../../columns/series-matrix.ts";
import * as findings from "../../findings.ts";
import type { CellKind, RangeWindow } from "../range-window.ts";
import { edgeSamples, type EdgeSamples } from "./edge-samples.ts";
import { interpolateHistograms } from "./interpolate-histograms.ts";
import type { RateKind } from "./rate-kind.ts";

export function extendedHistogramRate(window: RangeWindow, kind: RateKind): CellKind {
  const { histogramTimes, histogramFrom, histogramTo, annotations, place } = window;
  const edges = edgeSamples(histogramTimes, histogramFrom, histogramTo, window);
  if (edges === null) return ABSENT;
  const mixed = (): CellKind => {
    annotations.warn(findings.mixedExponentialCustom(window.metricName), place);
    return ABSENT;
  };
  if (!haveOneKind(window, edges, kind.isCounter)) return mixed();
  const left = leftEdge(window, edges, kind.isCounter);
  const right = rightEdge(window, edges, kind.isCounter);
  if (left === null || right === null) return mixed();
  const gauges = left.counterResetHint === "gauge" && right.counterResetHint === "gauge";
  if (!kind.isCounter && !gauges) {
    annotations.warn(findings.nativeNotGauge(window.metricName), place);
  }
  const change = new HistogramAccumulator(right);
  if (!addTo(window, change, left, -1)) return mixed();
  if (kind.isCounter) {
    const lost = resetsBetween(window, edges, left, right);
    if (lost === "mixed" || (lost !== null && !addTo(window, change, lost, 1))) return mixed();
  }
  const result = compactHistogram(change.toHistogram());
  const scaled = kind.perSecond ? divideHistogram(result, window.rangeMs / 1000) : result;
  window.histogram = { ...scaled, counterResetHint: "gauge" };
  return HISTOGRAM;
}

function haveOneKind(window: RangeWindow, edges: EdgeSamples, isCounter: boolean): boolean {
  const { histograms, annotations } = window;
  const custom = usesCustomBuckets(histograms[edges.first]!);
  for (let i = edges.first; i <= edges.last; i++) {
    const histogram = histograms[i]!;
    if (usesCustomBuckets(histogram) !== custom) return false;
    if (isCounter && histogram.counterResetHint === "gauge") {
      annotations.warn(findings.nativeNotCounter(window.metricName), window.place);
    }
  }
  return true;
}

function between(
  window: RangeWindow,
  i: number,
  timeMs: number,
  isCounter: boolean,
): FloatHistogram | null {
  const sample = (at: number): { timeMs: number; histogram: FloatHistogram } => ({
    timeMs: window.histogramTimes[at]!,
    histogram: window.histograms[at]!,
  });
  const { annotations, place } = window;
  return interpolateHistograms(sample(i), sample(i + 1), timeMs, isCounter, annotations, place);
}

function leftEdge(
  window: RangeWindow,
  { first }: EdgeSamples,
  isCounter: boolean,
): FloatHistogram | null {
  const inside = window.histogramTimes[first]! >= window.startMs;
  if (window.edges !== "smoothed" || inside) return window.histograms[first]!;
  return between(window, first, window.startMs, isCounter);
}

function rightEdge(
  window: RangeWindow,
  { last }: EdgeSamples,
  isCounter: boolean,
): FloatHistogram | null {
  const beyond = last > window.histogramFrom && window.histogramTimes[last]! > window.endMs;
  if (window.edges !== "smoothed" || !beyond) return window.histograms[last]!;
  return between(window, last - 1, window.endMs, isCounter);
}

/** What resets inside the window took away; null when there were none. */
function resetsBetween(
  window: RangeWindow,
  { first, last }: EdgeSamples,
  left: FloatHistogram,
  right: FloatHistogram,
): FloatHistogram | "mixed" | null {
  const { histograms, histogramTimes, startMs } = window;
  let next = first + 1;
  let previous = left;
  const interpolated = window.edges === "smoothed" && histogramTimes[first]! < startMs;
  if (interpolated && detectReset(histograms[next]!, histograms[first]!)) {
    // The left value was interpolated across this reset, which accounts for it.
    previous = histograms[next]!;
    next++;
  }
  // The last sample is left out: the right value stands for it and carries its hint.
  if (next > last) return null;
  let lost: HistogramAccumulator | null = null;
  for (let i = next; i <= last; i++) {
    const current = i === last ? right : histograms[i]!;
    if (detectReset(current, previous)) {
      if (lost === null) lost = new HistogramAccumulator(previous);
      else if (!addTo(window, lost, previous, 1)) return "mixed";
    }
    previous = current;
  }
  return lost?.toHistogram() ?? null;
}

function addTo(
  window: RangeWindow,
  total: HistogramAccumulator,
  histogram: FloatHistogram,
  sign: 1 | -1,
): boolean {
  const outcome = total.add(histogram, sign);
  if ((outcome & ADD_INCOMPATIBLE) !== 0) return false;
  if ((outcome & ADD_BOUNDS_RECONCILED) !== 0) {
    const operation = sign === 1 ? "addition" : "subtraction";
    window.annotations.info(findings.boundsReconciled(operation), window.place);
  }
  return true;
}
