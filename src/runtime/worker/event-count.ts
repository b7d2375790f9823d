/**
 * Wakes any number of threads that wait for "something changed". A waiter takes a `ticket`, looks
 * at the shared state, and waits with the ticket; a signaller changes the state, then signals. A
 * signal between ticket and wait ends the wait at once, so none is lost. Without waiters a signal
 * is two atomic operations and no system call.
 *
 *   moves u32 │ waiters u32
 */
export const EVENT_COUNT_BYTES = 8;

const MOVES_WORD = 0;
const WAITERS_WORD = 1;

export class EventCount {
  readonly #words: Int32Array;

  constructor(buffer: SharedArrayBuffer, byteOffset: number) {
    this.#words = new Int32Array(buffer, byteOffset, EVENT_COUNT_BYTES / 4);
  }

  ticket(): number {
    return Atomics.load(this.#words, MOVES_WORD);
  }

  signal(): void {
    Atomics.add(this.#words, MOVES_WORD, 1);
    if (Atomics.load(this.#words, WAITERS_WORD) > 0) Atomics.notify(this.#words, MOVES_WORD);
  }

  /** Blocks until a signal after `ticket`; false after `timeoutMs`. Not for event-loop threads. */
  wait(ticket: number, timeoutMs: number): boolean {
    Atomics.add(this.#words, WAITERS_WORD, 1);
    const outcome = Atomics.wait(this.#words, MOVES_WORD, ticket, timeoutMs);
    Atomics.sub(this.#words, WAITERS_WORD, 1);
    return outcome !== "timed-out";
  }

  /** As `wait`, for event-loop threads. A pending wait does not keep the thread alive. */
  async waitAsync(ticket: number, timeoutMs: number): Promise<boolean> {
    Atomics.add(this.#words, WAITERS_WORD, 1);
    const wait = Atomics.waitAsync(this.#words, MOVES_WORD, ticket, timeoutMs);
    const outcome = wait.async ? await wait.value : wait.value;
    Atomics.sub(this.#words, WAITERS_WORD, 1);
    return outcome !== "timed-out";
  }
}
