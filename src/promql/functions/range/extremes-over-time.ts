/** `max_over_time`, `min_over_time` and `ts_of_max_over_time`, `ts_of_min_over_time`. */
import { ABSENT, FLOAT } from "../../columns/series-matrix.ts";
import type { RangeFunction, RangeWindow } from "../range-window.ts";
import { noteIgnoredHistograms } from "./ignored-histograms.ts";

export const maxOverTime: RangeFunction = (window) =>
  extreme(window, (value, best) => value > best, false);

export const minOverTime: RangeFunction = (window) =>
  extreme(window, (value, best) => value < best, false);

/** The last of equal maxima counts. */
export const tsOfMaxOverTime: RangeFunction = (window) =>
  extreme(window, (value, best) => value >= best, true);

export const tsOfMinOverTime: RangeFunction = (window) =>
  extreme(window, (value, best) => value <= best, true);

function extreme(
  window: RangeWindow,
  better: (value: number, best: number) => boolean,
  wantsTime: boolean,
): typeof ABSENT | typeof FLOAT {
  const { floats, floatFrom, floatTo } = window;
  if (floatFrom === floatTo) return ABSENT;
  noteIgnoredHistograms(window);
  let best = floats[floatFrom]!;
  let at = floatFrom;
  for (let i = floatFrom; i < floatTo; i++) {
    if (!better(floats[i]!, best) && !Number.isNaN(best)) continue;
    best = floats[i]!;
    at = i;
  }
  window.value = wantsTime ? window.floatTimes[at]! / 1000 : best;
  return FLOAT;
}
