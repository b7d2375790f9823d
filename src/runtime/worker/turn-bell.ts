/**
 * Rings once for everything that is published during one turn, when the turn's code has run: a
 * consumer woken by the first of many frames would work through them one at a time, and each
 * wake-up costs a system call on both sides. Never later than the microtasks of the turn.
 */
import type { Bell } from "./doorbell.ts";

export class TurnBell implements Bell {
  readonly #bell: Bell;
  readonly #toll = (): void => {
    this.#isDue = false;
    this.#bell.ring();
  };
  #isDue = false;

  constructor(bell: Bell) {
    this.#bell = bell;
  }

  ring(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(this.#toll);
  }
}
