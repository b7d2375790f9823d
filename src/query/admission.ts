/**
 * How many queries run at a time. The others wait in order of arrival; a client that goes away
 * leaves the queue, and a queue that is full says so at once. One per query worker.
 */
import { EngineError } from "#base/engine-error.ts";
import { QUERY_QUEUE_FULL } from "./query-errors.ts";

/** Waiting queries hold a connection and a parsed request each; past this the node is drowning. */
export const WAITING_MAX = 256;

interface Waiter {
  readonly admit: () => void;
}

export class Admission {
  readonly #concurrencyMax: number;
  readonly #waiting = new Set<Waiter>();
  #running = 0;

  constructor(concurrencyMax: number) {
    this.#concurrencyMax = concurrencyMax;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Resolves when the query may run; dispose the result when it is done. Rejects when aborted. */
  async enter(signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    if (this.#running >= this.#concurrencyMax) await this.#wait(signal);
    else this.#running++;
    let isDone = false;
    return {
      [Symbol.dispose]: () => {
        if (isDone) return;
        isDone = true;
        this.#leave();
      },
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    if (this.#waiting.size >= WAITING_MAX) {
      throw new EngineError(
        QUERY_QUEUE_FULL,
        `cannot run the query: ${this.#running} run and ${this.#waiting.size} wait`,
      );
    }
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        this.#waiting.delete(waiter);
        reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        admit: () => {
          signal.removeEventListener("abort", cancel);
          resolve();
        },
      };
      this.#waiting.add(waiter);
      signal.addEventListener("abort", cancel, { once: true });
    });
  }

  /** The place goes to the longest waiter, if there is one: `#running` stays as it is then. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#running--;
      return;
    }
    this.#waiting.delete(next);
    next.admit();
  }
}
