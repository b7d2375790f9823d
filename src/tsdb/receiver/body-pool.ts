/**
 * Buffers for bodies on their way in, reused so that a request touches no fresh memory. A body keeps
 * its buffer until it is answered, because a stale ref makes the receiver read it again; so the
 * budget also bounds how much unanswered work a receiver holds.
 */
import { assert } from "#base/assert.ts";

/** Most bodies of stock senders (2,000 samples) fit the second class. */
const CLASS_BYTES_MIN = 64 * 1024;

export class BodyPool {
  readonly #budgetBytes: number;
  readonly #free = new Map<number, Uint8Array[]>();
  #lentBytes = 0;
  #idleBytes = 0;

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  get lentBytes(): number {
    return this.#lentBytes;
  }

  /** A buffer of at least `bytes`, or null when the budget is used up. Contents are undefined. */
  take(bytes: number): Uint8Array | null {
    const size = classBytes(bytes);
    if (this.#lentBytes + size > this.#budgetBytes) return null;
    this.#lentBytes += size;
    const free = this.#free.get(size)?.pop();
    if (free !== undefined) {
      this.#idleBytes -= size;
      return free;
    }
    if (this.#lentBytes + this.#idleBytes > this.#budgetBytes) this.#dropIdle();
    return new Uint8Array(size);
  }

  give(buffer: Uint8Array): void {
    const size = buffer.length;
    assert(size === classBytes(size), () => `body pool: got back a buffer of ${size} bytes`);
    this.#lentBytes -= size;
    this.#idleBytes += size;
    const free = this.#free.get(size);
    if (free === undefined) this.#free.set(size, [buffer]);
    else free.push(buffer);
  }

  #dropIdle(): void {
    this.#free.clear();
    this.#idleBytes = 0;
  }
}

function classBytes(bytes: number): number {
  let size = CLASS_BYTES_MIN;
  while (size < bytes) size *= 2;
  return size;
}
