/**
 * A 64-bit position that only grows, published by one thread and awaited by others: how far a log
 * is on stable storage. `publish` happens once per group commit, so its BigInt is per batch, never
 * per sample. After `fail` the position stays and every wait ends at once.
 *
 *   position i64 │ moves u32 │ waiters u32 │ failed u32 │ unused up to 64 B (one cache line)
 */
import { assert } from "#base/assert.ts";

export const DURABLE_CURSOR_BYTES = 64;

const MOVES_WORD = 2;
const WAITERS_WORD = 3;
const FAILED_WORD = 4;

export class DurableCursor {
  readonly #position: BigInt64Array;
  readonly #words: Int32Array;

  constructor(buffer: SharedArrayBuffer, byteOffset = 0) {
    assert(byteOffset % 8 === 0, () => `durable cursor: offset ${byteOffset} is not 8-aligned`);
    this.#position = new BigInt64Array(buffer, byteOffset, 1);
    this.#words = new Int32Array(buffer, byteOffset, DURABLE_CURSOR_BYTES / 4);
  }

  get position(): number {
    return Number(Atomics.load(this.#position, 0));
  }

  /** True when the publisher gave up; `position` is final then. */
  get failed(): boolean {
    return Atomics.load(this.#words, FAILED_WORD) !== 0;
  }

  /** Publisher only. Equal positions are allowed and wake nobody. */
  publish(position: number): void {
    const before = this.position;
    assert(
      Number.isSafeInteger(position) && position >= before,
      () => `durable cursor: got ${position}, want an integer not below ${before}`,
    );
    assert(!this.failed, "durable cursor: publish after fail");
    if (position === before) return;
    Atomics.store(this.#position, 0, BigInt(position));
    this.#wake();
  }

  /** Publisher only: nothing more becomes durable here. */
  fail(): void {
    Atomics.store(this.#words, FAILED_WORD, 1);
    this.#wake();
  }

  /**
   * Blocks until the position is at least `target`. Gives up with false after `fail`, or when the
   * cursor did not move at all for `stallMs`. Not for event-loop threads.
   */
  wait(target: number, stallMs: number): boolean {
    Atomics.add(this.#words, WAITERS_WORD, 1);
    try {
      for (;;) {
        const moves = Atomics.load(this.#words, MOVES_WORD);
        if (this.position >= target) return true;
        if (this.failed) return false;
        const outcome = Atomics.wait(this.#words, MOVES_WORD, moves, stallMs);
        if (outcome === "timed-out") return this.position >= target;
      }
    } finally {
      Atomics.sub(this.#words, WAITERS_WORD, 1);
    }
  }

  /** As `wait`, for event-loop threads. A pending wait does not keep the process alive. */
  async waitAsync(target: number, stallMs: number): Promise<boolean> {
    Atomics.add(this.#words, WAITERS_WORD, 1);
    try {
      for (;;) {
        const moves = Atomics.load(this.#words, MOVES_WORD);
        if (this.position >= target) return true;
        if (this.failed) return false;
        const wait = Atomics.waitAsync(this.#words, MOVES_WORD, moves, stallMs);
        const outcome = wait.async ? await wait.value : wait.value;
        if (outcome === "timed-out") return this.position >= target;
      }
    } finally {
      Atomics.sub(this.#words, WAITERS_WORD, 1);
    }
  }

  #wake(): void {
    Atomics.add(this.#words, MOVES_WORD, 1);
    if (Atomics.load(this.#words, WAITERS_WORD) > 0) Atomics.notify(this.#words, MOVES_WORD);
  }
}
