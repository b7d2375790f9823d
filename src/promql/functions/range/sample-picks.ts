/**
 * Functions that pick or count samples of a window, whatever their type: `count_over_time`,
 * `present_over_time`, `first_over_time`, `last_over_time`, `ts_of_first_over_time`,
 * `ts_of_last_over_time`.
 */
import { FLOAT, HISTOGRAM } from "../../columns/series-matrix.ts";
import type { RangeFunction } from "../range-window.ts";

export const countOverTime: RangeFunction = (window) => {
  window.value = window.floatCount + window.histogramCount;
  return FLOAT;
};

export const presentOverTime: RangeFunction = (window) => {
  window.value = 1;
  return FLOAT;
};

export const firstOverTime: RangeFunction = (window) => {
  const { floatCount, histogramCount, floatFrom, histogramFrom } = window;
  const isFloat =
    histogramCount === 0 ||
    (floatCount > 0 && window.floatTimes[floatFrom]! < window.histogramTimes[histogramFrom]!);
  if (isFloat) {
    window.value = window.floats[floatFrom]!;
    return FLOAT;
  }
  window.histogram = window.histograms[histogramFrom]!;
  return HISTOGRAM;
};

export const lastOverTime: RangeFunction = (window) => {
  const { floatCount, histogramCount, floatTo, histogramTo } = window;
  const isFloat =
    histogramCount === 0 ||
    (floatCount > 0 && window.floatTimes[floatTo - 1]! > window.histogramTimes[histogramTo - 1]!);
  if (isFloat) {
    window.value = window.floats[floatTo - 1]!;
    return FLOAT;
  }
  window.histogram = window.histograms[histogramTo - 1]!;
  return HISTOGRAM;
};

export const tsOfFirstOverTime: RangeFunction = (window) => {
  const { floatCount, histogramCount, floatFrom, histogramFrom } = window;
  const float = floatCount > 0 ? window.floatTimes[floatFrom]! : Infinity;
  const histogram = histogramCount > 0 ? window.histogramTimes[histogramFrom]! : Infinity;
  window.value = Math.min(float, histogram) / 1000;
  return FLOAT;
};

export const tsOfLastOverTime: RangeFunction = (window) => {
  const { floatCount, histogramCount, floatTo, histogramTo } = window;
  const float = floatCount > 0 ? window.floatTimes[floatTo - 1]! : -Infinity;
  const histogram = histogramCount > 0 ? window.histogramTimes[histogramTo - 1]! : -Infinity;
  window.value = Math.max(float, histogram) / 1000;
  return FLOAT;
};
