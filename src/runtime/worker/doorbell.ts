/**
 * Wakes one sleeping thread through one shared word: 0 = awake, 1 = asleep or about to sleep.
 * The sleeper calls `arm`, looks once more for work, then waits; a ringer publishes its work before
 * it calls `ring`. Both sides use sequentially consistent operations, so either the sleeper sees
 * the work or the ringer sees the sleeper: no wake-up is lost and an awake thread costs no syscall.
 * One sleeper, any number of ringers; several rings may share the bell of their common consumer.
 */
import { assert } from "#base/assert.ts";

/** A cache line, so that a bell never shares one with data that other threads write. */
export const DOORBELL_BYTES = 64;

const AWAKE = 0;
const ASLEEP = 1;

/** What a producer needs of a bell. */
export interface Bell {
  /** Call after publishing work. */
  ring(): void;
}

export class Doorbell implements Bell {
  readonly #words: Int32Array;

  constructor(buffer: SharedArrayBuffer, byteOffset = 0) {
    assert(byteOffset % 4 === 0, () => `doorbell: offset ${byteOffset} is not 4-aligned`);
    this.#words = new Int32Array(buffer, byteOffset, 1);
  }

  /** Call after publishing work. Costs one load while the sleeper is awake. */
  ring(): void {
    if (Atomics.load(this.#words, 0) === AWAKE) return;
    if (Atomics.compareExchange(this.#words, 0, ASLEEP, AWAKE) === ASLEEP) {
      Atomics.notify(this.#words, 0);
    }
  }

  /** Announces sleep. Look for work again after this, then `disarm` or wait. */
  arm(): void {
    Atomics.store(this.#words, 0, ASLEEP);
  }

  disarm(): void {
    Atomics.store(this.#words, 0, AWAKE);
  }

  /** Blocks the thread until rung; false after `timeoutMs`. Never call on an event-loop thread. */
  wait(timeoutMs: number): boolean {
    const outcome = Atomics.wait(this.#words, 0, ASLEEP, timeoutMs);
    if (outcome === "timed-out") this.disarm();
    return outcome !== "timed-out";
  }

  /** As `wait`, for event-loop threads. A pending wait does not keep the process alive. */
  async waitAsync(timeoutMs: number): Promise<boolean> {
    const wait = Atomics.waitAsync(this.#words, 0, ASLEEP, timeoutMs);
    const outcome = wait.async ? await wait.value : wait.value;
    if (outcome === "timed-out") this.disarm();
    return outcome !== "timed-out";
  }
}
