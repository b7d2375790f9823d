/**
 * `rate`, `increase` and `delta` of floats over `anchored` and `smoothed` windows. The window holds
 * samples beyond its edges: anchored takes the last sample at or before the start as the value
 * there, smoothed interpolates at both edges. Nothing is extrapolated.
 */
import { ABSENT, FLOAT } from "../../columns/series-matrix.ts";
import type { CellKind, RangeWindow } from "../range-window.ts";
import { edgeSamples } from "./edge-samples.ts";
import type { RateKind } from "./rate-kind.ts";

export function extendedRate(window: RangeWindow, kind: RateKind): CellKind {
  const { floats, floatTimes, startMs, endMs } = window;
  const smoothed = window.edges === "smoothed";
  const edges = edgeSamples(floatTimes, window.floatFrom, window.floatTo, window);
  if (edges === null) return ABSENT;
  let { first, last } = edges;
  const at = (i: number, timeMs: number): number =>
    interpolate(floats, floatTimes, i, timeMs, kind.isCounter);
  const left = smoothed && floatTimes[first]! < startMs ? at(first, startMs) : floats[first]!;
  const right =
    smoothed && last > window.floatFrom && floatTimes[last]! > endMs
      ? at(last - 1, endMs)
      : floats[last]!;
  let change = right - left;
  if (kind.isCounter) {
    // Resets at the edges are part of the interpolated values already.
    if (floatTimes[first]! <= startMs) first++;
    if (floatTimes[last]! >= endMs) last--;
    let previous = left;
    for (let i = first; i <= last; i++) {
      if (floats[i]! < previous) change += previous;
      previous = floats[i]!;
    }
    if (right < previous) change += previous;
  }
  window.value = kind.perSecond ? change / (window.rangeMs / 1000) : change;
  return FLOAT;
}

/** Value at `timeMs` on the line from sample `i` to the next; a reset counts as a start from 0. */
export function interpolate(
  values: Float64Array,
  times: Float64Array,
  i: number,
  timeMs: number,
  isCounter: boolean,
): number {
  const to = values[i + 1]!;
  const from = isCounter && to < values[i]! ? 0 : values[i]!;
  return from + ((to - from) * (timeMs - times[i]!)) / (times[i + 1]! - times[i]!);
}
