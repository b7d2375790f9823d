/**
 * `changes` and `resets`: how often neighbouring samples differ, or a counter starts again. Floats
 * and histograms of a window are walked together in time; a change of type counts for both.
 */
import { detectReset } from "#model/histogram/detect-reset.ts";
import { equalHistograms } from "#model/histogram/equal-histograms.ts";
import { ABSENT, FLOAT } from "../../columns/series-matrix.ts";
import type { CellKind, RangeFunction, RangeWindow } from "../range-window.ts";
import { isStartReset } from "./start-timestamps.ts";

export const changes: RangeFunction = (window) =>
  countPairs(
    window,
    (before, now) => before !== now && !(Number.isNaN(before) && Number.isNaN(now)),
    (at) => !equalHistograms(window.histograms[at]!, window.histograms[at - 1]!),
  );

export const resets: RangeFunction = (window) => {
  const { floatTimes, floatStarts, histograms, histogramTimes, histogramStarts } = window;
  return countPairs(
    window,
    (before, now, at) => now < before || startReset(floatTimes, floatStarts, at),
    (at) =>
      startReset(histogramTimes, histogramStarts, at) ||
      detectReset(histograms[at]!, histograms[at - 1]!),
  );
};

function startReset(times: Float64Array, starts: Float64Array | null, i: number): boolean {
  return starts !== null && isStartReset(starts[i - 1]!, times[i - 1]!, starts[i]!, times[i]!);
}

function countPairs(
  window: RangeWindow,
  floatsDiffer: (before: number, now: number, at: number) => boolean,
  histogramsDiffer: (at: number) => boolean,
): CellKind {
  const from = firstSamples(window);
  if (from === null) return ABSENT;
  const { floats, floatTimes, floatTo, histogramTimes, histogramTo } = window;
  let float = from.float;
  let histogram = from.histogram;
  let count = 0;
  let previous: "none" | "float" | "histogram" = "none";
  while (float < floatTo || histogram < histogramTo) {
    const isFloat =
      histogram >= histogramTo ||
      (float < floatTo && floatTimes[float]! < histogramTimes[histogram]!);
    if (isFloat) {
      if (previous === "histogram") count++;
      else if (previous === "float" && floatsDiffer(floats[float - 1]!, floats[float]!, float)) {
        count++;
      }
      float++;
      previous = "float";
    } else {
      if (previous === "float" || (previous === "histogram" && histogramsDiffer(histogram)))
        count++;
      histogram++;
      previous = "histogram";
    }
  }
  window.value = count;
  return FLOAT;
}

/**
 * Where to begin. An anchored window compares its first sample with the newest one at or before its
 * start, of either type; without a sample after the start there is nothing to count.
 */
function firstSamples(
  window: RangeWindow,
): { readonly float: number; readonly histogram: number } | null {
  const { floatFrom, floatTo, histogramFrom, histogramTo, startMs } = window;
  if (window.edges !== "anchored") return { float: floatFrom, histogram: histogramFrom };
  let float = floatFrom;
  while (float < floatTo && window.floatTimes[float]! <= startMs) float++;
  let histogram = histogramFrom;
  while (histogram < histogramTo && window.histogramTimes[histogram]! <= startMs) histogram++;
  if (float === floatTo && histogram === histogramTo) return null;
  const floatMs = float > floatFrom ? window.floatTimes[float - 1]! : -Infinity;
  const histogramMs = histogram > histogramFrom ? window.histogramTimes[histogram - 1]! : -Infinity;
  if (floatMs === -Infinity && histogramMs === -Infinity) return { float, histogram };
  return floatMs >= histogramMs
    ? { float: float - 1, histogram }
    : { float, histogram: histogram - 1 };
}
