/**
 * When to scrape, and which timestamp a scrape gets. Scrapes start on a grid of the monotonic clock,
 * so they never drift apart; a timestamp that is within a hair of the wall clock's grid is put onto
 * it, because evenly spaced timestamps cost almost nothing to store.
 */
import { assert } from "#base/assert.ts";

/** Timer noise, not news. At most 1 % of the interval. */
const TOLERANCE_MS = 2;

export class ScrapeGrid {
  readonly #intervalMs: number;
  readonly #startMonoMs: number;
  #startWallMs: number;

  constructor(intervalMs: number, monoMs: number, wallMs: number) {
    assert(intervalMs > 0, () => `scrape: got an interval of ${intervalMs} ms`);
    this.#intervalMs = intervalMs;
    this.#startMonoMs = monoMs;
    this.#startWallMs = wallMs;
  }

  /** Until the next point of the grid; a round that took too long skips points. */
  delayMs(monoMs: number): number {
    const elapsedMs = monoMs - this.#startMonoMs;
    return (Math.floor(elapsedMs / this.#intervalMs) + 1) * this.#intervalMs - elapsedMs;
  }

  timestampMs(wallMs: number): number {
    const sinceMs = wallMs - this.#startWallMs;
    const point = this.#startWallMs + Math.round(sinceMs / this.#intervalMs) * this.#intervalMs;
    const toleranceMs = Math.min(TOLERANCE_MS, this.#intervalMs / 100);
    if (Math.abs(wallMs - point) <= toleranceMs) return point;
    // The wall clock was stepped: its grid starts here.
    this.#startWallMs = wallMs;
    return wallMs;
  }
}
