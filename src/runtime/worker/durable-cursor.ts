/**
 * A 64-bit position that only grows, published by one thread and awaited by others: how far a log
 * is on stable storage. `publish` happens once per group commit, so its BigInt is per batch, never
 * per sample. After `fail` the position stays and every wait ends at once.
 *
 *   position i64 │ event count 8 B │ failed u32 │ unused up to 64 B (one cache line)
 */
import { assert } from "#base/assert.ts";
import { EventCount } from "./event-count.ts";

export const DURABLE_CURSOR_BYTES = 64;

const EVENT_OFFSET = 8;
const FAILED_WORD = 4;

export class DurableCursor {
  readonly #position: BigInt64Array;
  readonly #words: Int32Array;
  readonly #moved: EventCount;

  constructor(buffer: SharedArrayBuffer, byteOffset = 0) {
    assert(byteOffset % 8 === 0, () => `durable cursor: offset ${byteOffset} is not 8-aligned`);
    this.#position = new BigInt64Array(buffer, byteOffset, 1);
    this.#words = new Int32Array(buffer, byteOffset, DURABLE_CURSOR_BYTES / 4);
    this.#moved = new EventCount(buffer, byteOffset + EVENT_OFFSET);
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
    this.#moved.signal();
  }

  /** Publisher only: nothing more becomes durable here. */
  fail(): void {
    Atomics.store(this.#words, FAILED_WORD, 1);
    this.#moved.signal();
  }

  /**
   * Blocks until the position is at least `target`. Gives up with false after `fail`, or when the
   * cursor did not move at all for `stallMs`. Not for event-loop threads.
   */
  wait(target: number, stallMs: number): boolean {
    for (;;) {
      const ticket = this.#moved.ticket();
      if (this.position >= target) return true;
      if (this.failed) return false;
      if (!this.#moved.wait(ticket, stallMs)) return this.position >= target;
    }
  }

  /** As `wait`, for event-loop threads. A pending wait does not keep the thread alive. */
  async waitAsync(target: number, stallMs: number): Promise<boolean> {
    for (;;) {
      const ticket = this.#moved.ticket();
      if (this.position >= target) return true;
      if (this.failed) return false;
      if (!(await this.#moved.waitAsync(ticket, stallMs))) return this.position >= target;
    }
  }
}
