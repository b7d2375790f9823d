/** Turns of the event loop: one batch of actor steps per pass, with I/O served in between. */
import type { Turns } from "../actor/turns.ts";

export class NodeTurns implements Turns {
  next(run: () => void): void {
    setImmediate(run);
  }
}
