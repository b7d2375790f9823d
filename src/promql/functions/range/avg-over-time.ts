/**
 * `avg_over_time`: the compensated sum divided at the end, or, once the sum overflows, a running
 * mean.
 */
import { CompensatedSum } from "#model/compensated-sum.ts";
import { ABSENT, FLOAT } from "../../columns/series-matrix.ts";
import * as findings from "../../findings.ts";
import type { RangeFunction, RangeWindow } from "../range-window.ts";
import { averageHistograms } from "./histograms-over-time.ts";

export const avgOverTime: RangeFunction = (window) => {
  if (window.floatCount > 0 && window.histogramCount > 0) {
    window.annotations.warn(findings.mixedFloatsHistograms(window.metricName), window.place);
    return ABSENT;
  }
  if (window.histogramCount > 0) return averageHistograms(window);
  window.value = mean(window);
  return FLOAT;
};

function mean({ floats, floatFrom, floatTo }: RangeWindow): number {
  let sum = floats[floatFrom]!;
  let lost = 0;
  for (let i = floatFrom + 1; i < floatTo; i++) {
    const value = floats[i]!;
    const total = sum + value;
    if (total === Infinity || total === -Infinity) {
      return runningMean(floats, i, floatTo, i - floatFrom, new CompensatedSum(sum, lost));
    }
    if (Math.abs(sum) >= Math.abs(value)) lost += sum - total + value;
    else lost += value - total + sum;
    sum = total;
  }
  const count = floatTo - floatFrom;
  return sum / count + lost / count;
}

function runningMean(
  floats: Float64Array,
  from: number,
  to: number,
  countSoFar: number,
  mean: CompensatedSum,
): number {
  let count = countSoFar;
  mean.sum /= count;
  mean.lost /= count;
  for (let i = from; i < to; i++) {
    count++;
    const weight = (count - 1) / count;
    mean.sum *= weight;
    mean.lost *= weight;
    mean.add(floats[i]! / count);
  }
  return mean.result();
}
