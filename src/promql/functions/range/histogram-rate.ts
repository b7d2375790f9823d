/**
 * The change of a native histogram over a window of at least two samples, resets added back. The
 * result is a gauge in the coarsest layout of the window.
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
import { makeHistogram } from "#model/histogram/make-histogram.ts";
import * as findings from "../../findings.ts";
import type { RangeWindow } from "../range-window.ts";
import { isStartReset, startsOverlap } from "./start-timestamps.ts";

/** Null, with a warning, when the histograms of the window do not fit together. */
export function histogramRate(
  window: RangeWindow,
  starts: Float64Array | null,
  isCounter: boolean,
): FloatHistogram | null {
  const { histograms, histogramTimes, histogramFrom, histogramTo } = window;
  const first = histograms[histogramFrom]!;
  const last = histograms[histogramTo - 1]!;
  const second = histograms[histogramFrom + 1]!;
  const resetAt = (i: number): boolean =>
    startReset(histogramTimes, starts, i) || detectReset(histograms[i]!, histograms[i - 1]!);
  // After a reset right behind the first sample its layout does not matter, nor do its counts.
  const skipsFirst = isCounter && resetAt(histogramFrom + 1);
  const base = skipsFirst
    ? makeHistogram({ schema: second.schema, customValues: second.customValues })
    : first;
  if (!haveOneKind(window, base, isCounter)) {
    window.annotations.warn(findings.mixedExponentialCustom(window.metricName), window.place);
    return null;
  }
  noteHints(window, isCounter);
  const total = new HistogramAccumulator(last);
  if (!addTo(window, total, base, -1)) return null;
  if (isCounter) {
    let overlap = false;
    for (let i = histogramFrom + 1; i < histogramTo; i++) {
      overlap ||=
        starts !== null && startsOverlap(starts[i - 1]!, histogramTimes[i - 1]!, starts[i]!);
      const previous = i === histogramFrom + 1 ? base : histograms[i - 1]!;
      const reset = startReset(histogramTimes, starts, i) || detectReset(histograms[i]!, previous);
      if (reset && !addTo(window, total, previous, 1)) return null;
    }
    if (overlap) {
      window.annotations.warnCounted(findings.startTimeOverlap(window.metricName), window.place);
    }
  }
  return { ...compactHistogram(total.toHistogram()), counterResetHint: "gauge" };
}

function startReset(times: Float64Array, starts: Float64Array | null, i: number): boolean {
  return starts !== null && isStartReset(starts[i - 1]!, times[i - 1]!, starts[i]!, times[i]!);
}

/** Whether all relevant samples have exponential buckets, or all have custom ones. */
function haveOneKind(window: RangeWindow, base: FloatHistogram, isCounter: boolean): boolean {
  const { histograms, histogramFrom, histogramTo } = window;
  const custom = usesCustomBuckets(base);
  if (usesCustomBuckets(histograms[histogramTo - 1]!) !== custom) return false;
  // Between the ends only counters are looked at.
  for (let i = histogramFrom + 1; isCounter && i < histogramTo - 1; i++) {
    if (usesCustomBuckets(histograms[i]!) !== custom) return false;
  }
  return true;
}

function noteHints(window: RangeWindow, isCounter: boolean): void {
  const { histograms, histogramFrom, histogramTo, annotations } = window;
  const isGauge = (i: number): boolean => histograms[i]!.counterResetHint === "gauge";
  if (!isCounter) {
    if (!isGauge(histogramFrom) || !isGauge(histogramTo - 1)) {
      annotations.warn(findings.nativeNotGauge(window.metricName), window.place);
    }
    return;
  }
  for (let i = histogramFrom; i < histogramTo; i++) {
    if (!isGauge(i)) continue;
    annotations.warn(findings.nativeNotCounter(window.metricName), window.place);
    return;
  }
}

function addTo(
  window: RangeWindow,
  total: HistogramAccumulator,
  histogram: FloatHistogram,
  sign: 1 | -1,
): boolean {
  const outcome = total.add(histogram, sign);
  if ((outcome & ADD_INCOMPATIBLE) !== 0) {
    window.annotations.warn(findings.mixedExponentialCustom(window.metricName), window.place);
    return false;
  }
  if ((outcome & ADD_BOUNDS_RECONCILED) !== 0) {
    const operation = sign === 1 ? "addition" : "subtraction";
    window.annotations.info(findings.boundsReconciled(operation), window.place);
  }
  return true;
}
