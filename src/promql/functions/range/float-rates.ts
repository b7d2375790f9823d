/**
 * `rate`, `increase` and `delta` of floats in plain windows, a row at a time: what dashboards ask
 * for most, as one loop over columns. Steps as `rate.ts` does for everything else (edges, histograms,
 * start timestamps), which a property test holds it against. Resumable, so that a row of any length
 * can be worked off in slices. The series of a scrape target share their timestamps: what follows
 * from these alone is kept until a series with others comes.
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
  /** First place after the window at hand where the floats fall. */
  #fallAt = 0;
  /** Steps whose windows are known for `#times`. */
  #placed = 0;
  #from = 0;
  #to = 0;
  /** Per step: first and last sample of the window, the same one when there are not two. */
  #first = new Uint32Array(0);
  #last = new Uint32Array(0);
  /** Per step: seconds that are extrapolated to the start and to the end, and what that makes. */
  #toStart = new Float64Array(0);
  #toEnd = new Float64Array(0);
  #factor = new Float64Array(0);

  constructor(kind: RateKind, grid: WindowGrid) {
    this.#kind = kind;
    this.#grid = grid;
  }

  /** The columns stay as they are until the next call. */
  open(times: Float64Array, floats: Float64Array): void {
    if (!areEqual(times, this.#times)) {
      this.#times = times.slice();
      this.#placed = this.#from = this.#to = 0;
    }
    this.#floats = floats;
    this.#fallAt = 0;
  }

  /** Fills steps `fromStep .. toStep - 1` of the row at `row`; returns how many have a value. */
  run(fromStep: number, toStep: number, cells: RateCells, row: number): number {
    if (toStep > this.#placed) this.#place(toStep);
    const { isCounter } = this.#kind;
    const { values, kinds } = cells;
    const floats = this.#floats;
    const firsts = this.#first;
    const lasts = this.#last;
    const factors = this.#factor;
    let fallAt = isCounter ? this.#fallAt : floats.length;
    let found = 0;
    for (let step = fromStep; step < toStep; step++) {
      const first = firsts[step]!;
      const last = lasts[step]!;
      if (first === last) continue;
      const value = floats[first]!;
      let change = floats[last]! - value;
      if (fallAt <= first) fallAt = nextFall(floats, first + 1);
      if (fallAt <= last) change = withFalls(floats, fallAt, last, change);
      // Above its change a counter was zero longer ago than its samples reach.
      const isLow = isCounter && change > 0 && value >= 0 && !(value >= 2 * change);
      const factor = isLow ? this.#factorFrom(step, value / change) : factors[step]!;
      values[row + step] = change * factor;
      kinds[row + step] = FLOAT;
      found++;
    }
    this.#fallAt = fallAt;
    return found;
  }

  /** The windows up to `toStep`. */
  #place(toStep: number): void {
    const { firstEndMs, stepMs, rangeMs } = this.#grid;
    const times = this.#times;
    this.#grow(toStep);
    let from = this.#from;
    let to = this.#to;
    for (let step = this.#placed; step < toStep; step++) {
      const endMs = firstEndMs + step * stepMs;
      const startMs = endMs - rangeMs;
      while (to < times.length && times[to]! <= endMs) to++;
      while (from < to && times[from]! <= startMs) from++;
      const intervals = to - from - 1;
      this.#first[step] = intervals < 1 ? 0 : from;
      this.#last[step] = intervals < 1 ? 0 : to - 1;
      if (intervals < 1) continue;
      const average = this.#sampledAt(step) / intervals;
      const reach = average * EXTRAPOLATION_REACH;
      const toStart = (times[from]! - startMs) / 1000;
      const toEnd = (endMs - times[to - 1]!) / 1000;
      this.#toStart[step] = toStart >= reach ? average / 2 : toStart;
      this.#toEnd[step] = toEnd >= reach ? average / 2 : toEnd;
      this.#factor[step] = this.#factorOf(step, this.#toStart[step]!);
    }
    this.#from = from;
    this.#to = to;
    this.#placed = toStep;
  }

  #grow(steps: number): void {
    if (steps <= this.#first.length) return;
    const capacity = Math.max(steps, 2 * this.#first.length);
    const [first, last] = [new Uint32Array(capacity), new Uint32Array(capacity)];
    first.set(this.#first);
    last.set(this.#last);
    this.#first = first;
    this.#last = last;
    this.#toStart = grown(this.#toStart, capacity);
    this.#toEnd = grown(this.#toEnd, capacity);
    this.#factor = grown(this.#factor, capacity);
  }

  /** Seconds between the first and the last sample. */
  #sampledAt(step: number): number {
    return (this.#times[this.#last[step]!]! - this.#times[this.#first[step]!]!) / 1000;
  }

  /** Of a counter that was zero `share` times the sampled time before its first sample. */
  #factorFrom(step: number, share: number): number {
    const toZero = this.#sampledAt(step) * share;
    return toZero < this.#toStart[step]! ? this.#factorOf(step, toZero) : this.#factor[step]!;
  }

  /** What the change is multiplied with. */
  #factorOf(step: number, toStart: number): number {
    const sampled = this.#sampledAt(step);
    const factor = (sampled + toStart + this.#toEnd[step]!) / sampled;
    return this.#kind.perSecond ? factor / (this.#grid.rangeMs / 1000) : factor;
  }
}

function areEqual(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function grown(column: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(length);
  longer.set(column);
  return longer;
}

/** First index from `at` on whose value is lower than the one before; the length when none is. */
function nextFall(floats: Float64Array, at: number): number {
  let next = at;
  while (next < floats.length && !(floats[next]! < floats[next - 1]!)) next++;
  return next;
}

/** The change and what the counter lost by falling, added one by one. */
function withFalls(floats: Float64Array, fallAt: number, last: number, change: number): number {
  let total = change;
  for (let i = fallAt; i <= last; i++) {
    const previous = floats[i - 1]!;
    if (floats[i]! < previous) total += previous;
  }
  return total;
}
