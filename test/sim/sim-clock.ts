/**
 * A node's clocks over virtual time. Monotonic time drifts at the node's own rate and never steps;
 * wall time follows it and can be stepped by tests. Timers run on monotonic time, like the
 * kernel's. `kill` forgets all timers of the node, as the end of its process does.
 */
import { assert } from "#base/assert.ts";
import type { Clock, TimerHandle, Timers } from "#runtime/ports/clock.ts";
import type { SimEvent, SimScheduler } from "./sim-scheduler.ts";

export interface SimClockOptions {
  /** Wall time at virtual time 0. */
  readonly wallStartMs?: number;
  /** Rate error of the node's oscillator: 1e-4 is 100 ppm, 8.6 s a day. */
  readonly drift?: number;
}

/** 2026-01-01T00:00:00Z: any round date does. */
const WALL_START_MS = 1_767_225_600_000;

export class SimClock implements Clock, Timers {
  readonly #scheduler: SimScheduler;
  readonly #rate: number;
  readonly #wallStartMs: number;
  readonly #waiting = new Set<SimEvent>();
  #stepsMs = 0;

  constructor(scheduler: SimScheduler, options: SimClockOptions = {}) {
    const drift = options.drift ?? 0;
    assert(Math.abs(drift) < 0.1, () => `sim: got a drift of ${drift}`);
    this.#scheduler = scheduler;
    this.#rate = 1 + drift;
    this.#wallStartMs = options.wallStartMs ?? WALL_START_MS;
  }

  wallMs(): number {
    return Math.floor(this.#wallStartMs + this.monoMs() + this.#stepsMs);
  }

  monoMs(): number {
    return this.#scheduler.nowMs * this.#rate;
  }

  /** Moves wall time by `byMs`, in either direction. */
  stepWall(byMs: number): void {
    this.#stepsMs += byMs;
  }

  after(delayMs: number, fire: () => void): TimerHandle {
    const event = this.#scheduler.after(delayMs / this.#rate, () => {
      this.#waiting.delete(event);
      fire();
    });
    this.#waiting.add(event);
    return { cancel: () => this.#cancel(event) };
  }

  kill(): void {
    for (const event of this.#waiting) this.#cancel(event);
  }

  #cancel(event: SimEvent): void {
    event.run = null;
    this.#waiting.delete(event);
  }
}
