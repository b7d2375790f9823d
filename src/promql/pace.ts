/**
 * Keeps a query polite: counts work, and after a slice of time lets the event loop turn, then looks
 * at the signal and the deadline. Loops call `spend` often and `pause` when it says so.
 */
import { EngineError } from "#base/engine-error.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import { PROMQL_CANCELED, PROMQL_TIMEOUT } from "./query-errors.ts";

/** Longest stretch on a thread of queries; another one may wait this long, and no more. */
const SLICE_MS = 4;
/** Work units (cells, samples) between looks at the clock, per ms of a slice: a tenth of it. */
const UNITS_PER_LOOK_MS = 8192;

export interface PaceOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly yieldTurn: () => Promise<void>;
  /** Shorter on a thread that has better to do than queries. */
  readonly sliceMs?: number;
}

export class Pace {
  readonly #options: PaceOptions;
  readonly #deadlineMs: number;
  readonly #sliceMs: number;
  #sliceEndMs: number;
  #units = 0;

  constructor(options: PaceOptions) {
    this.#options = options;
    this.#sliceMs = options.sliceMs ?? SLICE_MS;
    const now = options.clock.monoMs();
    this.#deadlineMs = now + options.timeoutMs;
    this.#sliceEndMs = now + this.#sliceMs;
  }

  /** Counts work done; true when it is time to `await pause()`. */
  spend(units: number): boolean {
    this.#units += units;
    if (this.#units < UNITS_PER_LOOK_MS * this.#sliceMs) return false;
    this.#units = 0;
    return this.#options.clock.monoMs() >= this.#sliceEndMs;
  }

  /** What works for the same query, on this thread, is paced by. */
  get thread(): Pick<PaceOptions, "clock" | "signal" | "yieldTurn"> {
    return this.#options;
  }

  /** What is left of the query's time. */
  get remainingMs(): number {
    return Math.max(0, this.#deadlineMs - this.#options.clock.monoMs());
  }

  /** True when the slice is over, however much work was counted. */
  isDue(): boolean {
    return this.#options.clock.monoMs() >= this.#sliceEndMs;
  }

  async pause(): Promise<void> {
    await this.#options.yieldTurn();
    this.check();
    this.#sliceEndMs = this.#options.clock.monoMs() + this.#sliceMs;
  }

  /** Throws when the query was canceled or is out of time. */
  check(): void {
    if (this.#options.signal.aborted) {
      throw new EngineError(PROMQL_CANCELED, "query was canceled in expression evaluation");
    }
    if (this.#options.clock.monoMs() > this.#deadlineMs) {
      throw new EngineError(PROMQL_TIMEOUT, "query timed out in expression evaluation");
    }
  }
}
