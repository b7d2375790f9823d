/**
 * `rate`, `increase` and `delta` of floats in plain windows, a row at a time: what dashboards ask
 * for most, as one loop over columns. Steps as `rate.ts` does for everything else (edges, histograms,
 * start timestamps), which a property test holds it against. Resumable, so that a row of any length
 * can be worked off in slices.
 */
import { FLOAT } from "../../columns/series-matrix.ts";
import type { RateKind } from "./rate-kind.ts";
import { EXTRAPOLATION_REACH } from "./rate-kind.ts";

export interface WindowGrid {
  /** End of the window of step 0. */
  readonly firstEndMs: number;
  /** From window to window; 0 under `@`. */
  readonly stepMs: number;
  readonly rangeMs: number;
}

export interface RateCells {
  readonly values: Float64Array;
  readonly kinds: Uint8Array;
}

export class FloatRates {
  readonly #kind: RateKind;
  readonly #grid: WindowGrid;
  #times: Float64Array = new Float64Array(0);
  #floats: Float64Array = new Float64Array(0);
  #from = 0;
  #to = 0;
  /** First place after `#from` where the floats fall. */
  #fallAt = 0;

  constructor(kind: RateKind, grid: WindowGrid) {
    this.#kind = kind;
    this.#grid = grid;
  }

  open(times: Float64Array, floats: Float64Array): void {
    this.#times = times;
    this.#floats = floats;
    this.#from = this.#to = this.#fallAt = 0;
  }

  /** Fills steps `fromStep .. toStep - 1` of the row at `first`; returns how many have a value. */
  run(fromStep: number, toStep: number, cells: RateCells, first: number): number {
    const { isCounter, perSecond } = this.#kind;
    const { firstEndMs, stepMs, rangeMs } = this.#grid;
    const { values, kinds } = cells;
    const times = this.#times;
    const floats = this.#floats;
    const { length } = times;
    const rangeSeconds = rangeMs / 1000;
    let from = this.#from;
    let to = this.#to;
    let fallAt = this.#fallAt;
    let found = 0;
    for (let step = fromStep; step < toStep; step++) {
      const endMs = firstEndMs + step * stepMs;
      const startMs = endMs - rangeMs;
      while (to < length && times[to]! <= endMs) to++;
      while (from < to && times[from]! <= startMs) from++;
      const intervals = to - from - 1;
      if (intervals < 1) continue;
      const value = floats[from]!;
      let change = floats[to - 1]! - value;
      if (isCounter) {
        if (fallAt <= from) fallAt = nextFall(floats, from + 1);
        if (fallAt < to) change = withFalls(floats, fallAt, to, change);
      }
      const firstMs = times[from]!;
      const lastMs = times[to - 1]!;
      const sampled = (lastMs - firstMs) / 1000;
      const average = sampled / intervals;
      const reach = average * EXTRAPOLATION_REACH;
      let toStart = (firstMs - startMs) / 1000;
      let toEnd = (endMs - lastMs) / 1000;
      if (toStart >= reach) toStart = average / 2;
      const toZero = isCounter && change > 0 && value >= 0 ? sampled * (value / change) : Infinity;
      if (toZero < toStart) toStart = toZero;
      if (toEnd >= reach) toEnd = average / 2;
      let factor = (sampled + toStart + toEnd) / sampled;
      if (perSecond) factor /= rangeSeconds;
      values[first + step] = change * factor;
      kinds[first + step] = FLOAT;
      found++;
    }
    this.#from = from;
    this.#to = to;
    this.#fallAt = fallAt;
    return found;
  }
}

/** First index from `at` on whose value is lower than the one before; the length when none is. */
function nextFall(floats: Float64Array, at: number): number {
  let next = at;
  while (next < floats.length && !(floats[next]! < floats[next - 1]!)) next++;
  return next;
}

/** The change and what the counter lost by falling, added one by one. */
function withFalls(floats: Float64Array, fallAt: number, to: number, change: number): number {
  let total = change;
  for (let i = fallAt; i < to; i++) {
    const previous = floats[i - 1]!;
    if (floats[i]! < previous) total += previous;
  }
  return total;
}
