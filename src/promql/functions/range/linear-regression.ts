/** `deriv` and `predict_linear`: least squares over the floats of a window. */
import { CompensatedSum } from "#model/compensated-sum.ts";
import { ABSENT, FLOAT } from "../../columns/series-matrix.ts";
import type { CellKind, RangeFunction, RangeWindow } from "../range-window.ts";
import { noteIgnoredHistograms } from "./ignored-histograms.ts";

export const deriv: RangeFunction = (window) => {
  if (window.floatCount < 2) return tooFew(window);
  noteIgnoredHistograms(window);
  // Times relative to one near the samples keep the sums small.
  window.value = regress(window, window.floatTimes[window.floatFrom]!).slope;
  return FLOAT;
};

export const predictLinear: RangeFunction = (window) => {
  if (window.floatCount < 2) return tooFew(window);
  noteIgnoredHistograms(window);
  const { slope, intercept } = regress(window, window.stepMs);
  window.value = slope * window.scalars[0]! + intercept;
  return FLOAT;
};

function tooFew(window: RangeWindow): CellKind {
  if (window.floatCount === 1) noteIgnoredHistograms(window);
  return ABSENT;
}

interface Line {
  readonly slope: number;
  /** Value at the origin of time. */
  readonly intercept: number;
}

function regress(window: RangeWindow, originMs: number): Line {
  const { floats, floatTimes, floatFrom, floatTo } = window;
  const count = floatTo - floatFrom;
  const first = floats[floatFrom]!;
  let constant = true;
  const sumX = new CompensatedSum();
  const sumY = new CompensatedSum();
  const sumXy = new CompensatedSum();
  const sumX2 = new CompensatedSum();
  for (let i = floatFrom; i < floatTo; i++) {
    const y = floats[i]!;
    const x = (floatTimes[i]! - originMs) / 1000;
    if (i > floatFrom && y !== first) constant = false;
    sumX.add(x);
    sumY.add(y);
    sumXy.add(x * y);
    sumX2.add(x * x);
  }
  if (constant) {
    const isInfinite = first === Infinity || first === -Infinity;
    return isInfinite ? { slope: NaN, intercept: NaN } : { slope: 0, intercept: first };
  }
  const [x, y, xy, x2] = [sumX.result(), sumY.result(), sumXy.result(), sumX2.result()];
  const slope = (xy - (x * y) / count) / (x2 - (x * x) / count);
  return { slope, intercept: y / count - (slope * x) / count };
}
