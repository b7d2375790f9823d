/**
 * The clock that judges "too far ahead": max(wall, last trusted + monotonic elapsed, newest durable
 * sample at start). A wall clock that jumps back rejects nothing that was fine before, and one that
 * was wrong at start is outvoted by the data. One per worker; never used to measure durations.
 */
import type { Clock } from "#runtime/ports/clock.ts";

export class TrustedNow {
  readonly #clock: Clock;
  #trustedMs: number;
  #atMonoMs: number;

  /** `newestSampleMs`: newest durable sample at start, -Infinity when there is none. */
  constructor(clock: Clock, newestSampleMs: number) {
    this.#clock = clock;
    this.#trustedMs = Math.max(clock.wallMs(), newestSampleMs);
    this.#atMonoMs = clock.monoMs();
  }

  /** Integer milliseconds, never less than the last answer. */
  nowMs(): number {
    const monoMs = this.#clock.monoMs();
    const elapsedMs = Math.max(0, monoMs - this.#atMonoMs);
    this.#trustedMs = Math.max(this.#clock.wallMs(), this.#trustedMs + elapsedMs);
    this.#atMonoMs = monoMs;
    return Math.floor(this.#trustedMs);
  }
}
