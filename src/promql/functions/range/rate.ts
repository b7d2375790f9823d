/**
 * `rate`, `increase` and `delta`: the change between the first and last sample of the window, with
 * counter resets added back, extrapolated to the ends of the window. An end closer than 1.1 average
 * sample distances is taken to be covered, else half a distance is; a counter is never extrapolated
 * below zero. A start timestamp inside the window stands for a sample of value zero.
 */
import { must } from "#base/assert.ts";
import type { FloatHistogram } from "#model/float-histogram.ts";
import { addHistograms } from "#model/histogram/add-histograms.ts";
import { ADD_BOUNDS_RECONCILED } from "#model/histogram/histogram-accumulator.ts";
import { multiplyHistogram } from "#model/histogram/scale-histogram.ts";
import { ABSENT, FLOAT, HISTOGRAM } from "../../columns/series-matrix.ts";
import * as findings from "../../findings.ts";
import type { CellKind, RangeFunction, RangeWindow } from "../range-window.ts";
import { extendedHistogramRate } from "./extended-histogram-rate.ts";
import { extendedRate } from "./extended-rate.ts";
import { histogramRate } from "./histogram-rate.ts";
import { EXTRAPOLATION_REACH, RATE_KINDS, type RateKind } from "./rate-kind.ts";
import { isStartReset, startsOverlap } from "./start-timestamps.ts";

export const rate: RangeFunction = changeAs("rate");

export const increase: RangeFunction = changeAs("increase");

export const delta: RangeFunction = changeAs("delta");

function changeAs(name: string): RangeFunction {
  const kind = must(RATE_KINDS.get(name), name);
  return (window) => changeOf(window, kind);
}

function changeOf(window: RangeWindow, kind: RateKind): CellKind {
  const floats = window.floatCount;
  const histograms = window.histogramCount;
  if (floats > 0 && histograms > 0) {
    window.annotations.warn(findings.mixedFloatsHistograms(window.metricName), window.place);
    return ABSENT;
  }
  if (window.edges !== "plain") {
    return histograms > 0 ? extendedHistogramRate(window, kind) : extendedRate(window, kind);
  }
  return histograms > 0 ? histogramChange(window, kind) : floatChange(window, kind);
}

function floatChange(window: RangeWindow, kind: RateKind): CellKind {
  const { floats, floatTimes, floatFrom, floatTo } = window;
  const starts = kind.isCounter ? window.floatStarts : null;
  const first = floats[floatFrom]!;
  let change = floats[floatTo - 1]! - first;
  if (kind.isCounter) change = withResets(window, starts, change);
  const firstMs = floatTimes[floatFrom]!;
  const startMs = starts === null ? 0 : starts[floatFrom]!;
  const zeroKnown = startMs !== 0 && startMs > window.startMs && startMs < firstMs;
  if (zeroKnown) change += first;
  else if (floatTo - floatFrom === 1) return ABSENT;
  const { extent } = window;
  extent.firstMs = firstMs;
  extent.lastMs = floatTimes[floatTo - 1]!;
  extent.intervals = floatTo - floatFrom - 1;
  extent.zeroMs = zeroKnown ? startMs : Number.NaN;
  extent.share = change > 0 && first >= 0 ? first / change : Number.NaN;
  window.value = change * extrapolation(window, kind);
  return FLOAT;
}

/** The change and what the counter lost by resets inside the window, added one by one. */
function withResets(window: RangeWindow, starts: Float64Array | null, change: number): number {
  const { floats, floatTimes, floatFrom, floatTo } = window;
  let total = change;
  let overlap = false;
  for (let i = floatFrom + 1; i < floatTo; i++) {
    const previous = floats[i - 1]!;
    let reset = floats[i]! < previous;
    if (starts !== null) {
      const before = floatTimes[i - 1]!;
      overlap ||= startsOverlap(starts[i - 1]!, before, starts[i]!);
      reset ||= isStartReset(starts[i - 1]!, before, starts[i]!, floatTimes[i]!);
    }
    if (reset) total += previous;
  }
  if (overlap) {
    window.annotations.warnCounted(findings.startTimeOverlap(window.metricName), window.place);
  }
  return total;
}

function histogramChange(window: RangeWindow, kind: RateKind): CellKind {
  const { histograms, histogramTimes, histogramFrom, histogramTo } = window;
  const starts = window.histogramStarts;
  const first = histograms[histogramFrom]!;
  let change: FloatHistogram | null = null;
  if (histogramTo - histogramFrom > 1) {
    change = histogramRate(window, starts, kind.isCounter);
    if (change === null) return ABSENT;
  }
  const firstMs = histogramTimes[histogramFrom]!;
  const startMs = starts === null || !kind.isCounter ? 0 : starts[histogramFrom]!;
  const zeroKnown = startMs !== 0 && startMs > window.startMs && startMs < firstMs;
  if (zeroKnown) change = withFirst(window, change, first);
  if (change === null) return ABSENT;
  const { extent } = window;
  extent.firstMs = firstMs;
  extent.lastMs = histogramTimes[histogramTo - 1]!;
  extent.intervals = histogramTo - histogramFrom - 1;
  extent.zeroMs = zeroKnown ? startMs : Number.NaN;
  const isGrowing = change.count > 0 && first.count >= 0;
  extent.share = isGrowing ? first.count / change.count : Number.NaN;
  window.histogram = multiplyHistogram(change, extrapolation(window, kind));
  return HISTOGRAM;
}

function withFirst(
  window: RangeWindow,
  change: FloatHistogram | null,
  first: FloatHistogram,
): FloatHistogram | null {
  if (change === null) return first;
  const added = addHistograms(change, first);
  if (added === null) {
    window.annotations.warn(findings.mixedExponentialCustom(window.metricName), window.place);
    return null;
  }
  if ((added.outcome & ADD_BOUNDS_RECONCILED) !== 0) {
    window.annotations.info(findings.boundsReconciled("addition"), window.place);
  }
  return added.histogram;
}

/** What the change between the samples is multiplied with. */
function extrapolation(window: RangeWindow, kind: RateKind): number {
  const { firstMs, lastMs, intervals, zeroMs, share } = window.extent;
  const between = (lastMs - firstMs) / 1000;
  const average = intervals > 0 ? between / intervals : 0;
  const reach = average * EXTRAPOLATION_REACH;
  let toStart = (firstMs - window.startMs) / 1000;
  let toEnd = (window.endMs - lastMs) / 1000;
  let sampled = between;
  if (!Number.isNaN(zeroMs)) {
    toStart = 0;
    sampled = (lastMs - zeroMs) / 1000;
  } else {
    if (toStart >= reach) toStart = average / 2;
    if (kind.isCounter && sampled * share < toStart) toStart = sampled * share;
  }
  if (toEnd >= reach) toEnd = average / 2;
  let factor = sampled === 0 ? 1 : (sampled + toStart + toEnd) / sampled;
  if (kind.perSecond) factor /= window.rangeMs / 1000;
  return factor;
}
