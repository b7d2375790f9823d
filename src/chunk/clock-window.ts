/**
 * The last few timestamp columns of a page being built, in full: series of one scrape target come
 * in runs, so whether a series shares timestamps with a neighbour is found by comparing.
 */
/** Neighbours that differ are few: a target's series, late ones, those of the next target. */
const CLOCKS_KEPT = 4;

export class ClockWindow {
  /** Grown as needed: most columns are far shorter than they may be. */
  readonly #timestamps: Float64Array[] = Array.from(
    { length: CLOCKS_KEPT },
    () => new Float64Array(0),
  );
  readonly #counts = new Uint32Array(CLOCKS_KEPT);
  #next = 0;

  reset(): void {
    this.#next = 0;
  }

  /** Number of the clock that has exactly these timestamps, or -1. */
  find(timestamps: Float64Array, start: number, count: number): number {
    for (let clock = this.#next - 1; clock >= 0 && clock >= this.#next - CLOCKS_KEPT; clock--) {
      const slot = clock % CLOCKS_KEPT;
      if (this.#counts[slot] !== count) continue;
      if (equalColumns(this.#timestamps[slot]!, timestamps, start, count)) return clock;
    }
    return -1;
  }

  /** Keeps a new clock; its number. */
  add(timestamps: Float64Array, start: number, count: number): number {
    const slot = this.#next % CLOCKS_KEPT;
    if (this.#timestamps[slot]!.length < count) this.#timestamps[slot] = new Float64Array(count);
    this.#timestamps[slot]!.set(timestamps.subarray(start, start + count));
    this.#counts[slot] = count;
    return this.#next++;
  }
}

function equalColumns(
  kept: Float64Array,
  other: Float64Array,
  start: number,
  count: number,
): boolean {
  // Both ends first: most that differ do so there.
  if (kept[0] !== other[start] || kept[count - 1] !== other[start + count - 1]) return false;
  for (let i = 1; i < count; i++) if (kept[i] !== other[start + i]) return false;
  return true;
}
