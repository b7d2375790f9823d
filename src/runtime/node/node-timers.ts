/**
 * Timers of the event loop. Delays beyond what `setTimeout` takes (2^31 - 1 ms, about 24.8 days;
 * longer ones would fire at once) are waited for in pieces.
 */
import { assert } from "#base/assert.ts";
import type { TimerHandle, Timers } from "../ports/clock.ts";

const DELAY_MS_MAX = 2 ** 31 - 1;

export class NodeTimers implements Timers {
  after(delayMs: number, fire: () => void): TimerHandle {
    assert(delayMs >= 0, () => `timers: got a delay of ${delayMs} ms, want 0 or more`);
    let timer: NodeJS.Timeout;
    const arm = (remainingMs: number): void => {
      const pieceMs = Math.min(remainingMs, DELAY_MS_MAX);
      timer = setTimeout(() => {
        if (remainingMs > pieceMs) arm(remainingMs - pieceMs);
        else fire();
        // setTimeout rounds down to whole ms and 0 to 1; "no sooner than" needs rounding up.
      }, Math.ceil(pieceMs));
    };
    arm(delayMs);
    return { cancel: () => clearTimeout(timer) };
  }
}
