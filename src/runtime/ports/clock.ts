/**
 * Time as a parameter. Two clocks that are never mixed: wall time says when a thing happened,
 * monotonic time says how long it took. Timers live here too, so nothing else can wait.
 */
export interface Clock {
  /** Wall time, integer milliseconds since the Unix epoch. May step in either direction. */
  wallMs(): number;
  /** Monotonic time in milliseconds (fractions allowed) from an arbitrary origin. Never steps. */
  monoMs(): number;
}

export interface TimerHandle {
  cancel(): void;
}

export interface Timers {
  /** Calls `fire` once, no sooner than `delayMs` from now. */
  after(delayMs: number, fire: () => void): TimerHandle;
}
