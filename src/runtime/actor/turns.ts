/**
 * When an actor with waiting messages runs next. The event loop gives one turn per pass, so I/O is
 * served in between; the simulator draws the order.
 */
export interface Turns {
  /** Calls `run` once, soon, never inside this call. */
  next(run: () => void): void;
}
