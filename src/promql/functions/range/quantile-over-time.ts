/** `quantile_over_time` and `mad_over_time` (median absolute deviation). */
import { ABSENT, FLOAT } from "../../columns/series-matrix.ts";
import * as findings from "../../findings.ts";
import { quantileOf } from "../../histogram/quantile-of.ts";
import type { RangeFunction } from "../range-window.ts";
import { noteIgnoredHistograms } from "./ignored-histograms.ts";

export const quantileOverTime: RangeFunction = (window) => {
  if (window.floatCount === 0) return ABSENT;
  const quantile = window.scalars[0]!;
  if (!(quantile >= 0 && quantile <= 1)) {
    window.annotations.warn(findings.invalidQuantile(quantile), window.place);
  }
  noteIgnoredHistograms(window);
  const values = window.floats.slice(window.floatFrom, window.floatTo);
  window.value = quantileOf(quantile, values);
  return FLOAT;
};

export const madOverTime: RangeFunction = (window) => {
  if (window.floatCount === 0) return ABSENT;
  noteIgnoredHistograms(window);
  const values = window.floats.slice(window.floatFrom, window.floatTo);
  window.value = medianDeviation(values);
  return FLOAT;
};

function medianDeviation(values: Float64Array): number {
  if (values.some(Number.isNaN)) return Number.NaN;
  const median = quantileOf(0.5, values);
  return quantileOf(
    0.5,
    values.map((value) => Math.abs(value - median)),
  );
}
