/** Keeps a reader at a rate: after each burst it waits until the clock has caught up. */
import type { Clock, Timers } from "#runtime/ports/clock.ts";

export class ReadPace {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #bytesPerSecond: number;
  readonly #startMs: number;

  constructor(clock: Clock, timers: Timers, bytesPerSecond: number) {
    this.#clock = clock;
    this.#timers = timers;
    this.#bytesPerSecond = bytesPerSecond;
    this.#startMs = clock.monoMs();
  }

  /** Resolves when `bytesDone` since construction are due. */
  async pause(bytesDone: number): Promise<void> {
    const dueMs = this.#startMs + (1000 * bytesDone) / this.#bytesPerSecond;
    const delayMs = dueMs - this.#clock.monoMs();
    if (delayMs <= 0) return;
    await new Promise<void>((resolve) => this.#timers.after(delayMs, resolve));
  }
}
