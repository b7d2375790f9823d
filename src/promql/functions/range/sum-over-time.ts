/** `sum_over_time`. */
import { ABSENT, FLOAT } from "../../columns/series-matrix.ts";
import * as findings from "../../findings.ts";
import type { RangeFunction, RangeWindow } from "../range-window.ts";
import { sumHistograms } from "./histograms-over-time.ts";

export const sumOverTime: RangeFunction = (window) => {
  if (window.floatCount > 0 && window.histogramCount > 0) {
    window.annotations.warn(findings.mixedFloatsHistograms(window.metricName), window.place);
    return ABSENT;
  }
  if (window.histogramCount > 0) return sumHistograms(window);
  window.value = compensatedSum(window);
  return FLOAT;
};

function compensatedSum({ floats, floatFrom, floatTo }: RangeWindow): number {
  let sum = 0;
  let lost = 0;
  for (let i = floatFrom; i < floatTo; i++) {
    const value = floats[i]!;
    const total = sum + value;
    if (total === Infinity || total === -Infinity) lost = 0;
    else if (Math.abs(sum) >= Math.abs(value)) lost += sum - total + value;
    else lost += value - total + sum;
    sum = total;
  }
  return sum === Infinity || sum === -Infinity ? sum : sum + lost;
}
