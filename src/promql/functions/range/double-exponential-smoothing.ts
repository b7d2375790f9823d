/** `double_exponential_smoothing`: level and trend, each an exponentially weighted average. */
import { ABSENT, FLOAT } from "../../columns/series-matrix.ts";
import { executionError } from "../../query-errors.ts";
import type { RangeFunction } from "../range-window.ts";
import { noteIgnoredHistograms } from "./ignored-histograms.ts";

export const doubleExponentialSmoothing: RangeFunction = (window) => {
  const { floats, floatFrom, floatTo, scalars } = window;
  const [levelFactor, trendFactor] = [scalars[0]!, scalars[1]!];
  assertFactor("smoothing", "sf", levelFactor);
  assertFactor("trend", "tf", trendFactor);
  if (floatTo - floatFrom < 2) {
    if (window.floatCount === 1) noteIgnoredHistograms(window);
    return ABSENT;
  }
  noteIgnoredHistograms(window);
  let before = 0;
  let level = floats[floatFrom]!;
  let trend = floats[floatFrom + 1]! - level;
  for (let i = floatFrom + 1; i < floatTo; i++) {
    if (i > floatFrom + 1) trend = trendFactor * (level - before) + (1 - trendFactor) * trend;
    const next = levelFactor * floats[i]! + (1 - levelFactor) * (level + trend);
    before = level;
    level = next;
  }
  window.value = level;
  return FLOAT;
};

function assertFactor(kind: string, name: string, value: number): void {
  if (!(value <= 0) && !(value >= 1)) return;
  throw executionError(
    `invalid ${kind} factor. Expected: 0 < ${name} < 1, got: ${value.toFixed(6)}`,
  );
}
