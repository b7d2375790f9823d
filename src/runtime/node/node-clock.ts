/**
 * The machine's clocks. Monotonic time has the same origin in every thread of the process (that of
 * `process.hrtime`, not of the thread's start), so a deadline may travel in a message.
 */
import type { Clock } from "../ports/clock.ts";

export class NodeClock implements Clock {
  /** Adds the thread's own `performance` origin to the process-wide one, once. */
  readonly #monoOriginMs: number;

  constructor() {
    const [seconds, nanos] = process.hrtime();
    this.#monoOriginMs = seconds * 1e3 + nanos / 1e6 - performance.now();
  }

  wallMs(): number {
    return Date.now();
  }

  monoMs(): number {
    return this.#monoOriginMs + performance.now();
  }
}
