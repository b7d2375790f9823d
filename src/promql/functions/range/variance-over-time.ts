/** `stdvar_over_time` and `stddev_over_time`: Welford's recurrence with compensated sums. */
import { CompensatedSum } from "#model/compensated-sum.ts";
import { ABSENT, FLOAT } from "../../columns/series-matrix.ts";
import type { RangeFunction, RangeWindow } from "../range-window.ts";
import { noteIgnoredHistograms } from "./ignored-histograms.ts";

export const stdvarOverTime: RangeFunction = (window) => {
  if (window.floatCount === 0) return ABSENT;
  noteIgnoredHistograms(window);
  window.value = variance(window);
  return FLOAT;
};

export const stddevOverTime: RangeFunction = (window) => {
  if (window.floatCount === 0) return ABSENT;
  noteIgnoredHistograms(window);
  window.value = Math.sqrt(variance(window));
  return FLOAT;
};

function variance({ floats, floatFrom, floatTo }: RangeWindow): number {
  const mean = new CompensatedSum();
  const squares = new CompensatedSum();
  for (let i = floatFrom; i < floatTo; i++) {
    const difference = floats[i]! - mean.result();
    mean.add(difference / (i - floatFrom + 1));
    squares.add(difference * (floats[i]! - mean.result()));
  }
  return squares.result() / (floatTo - floatFrom);
}
