/**
 * An actor is a state and a step function: one message in, effects out, nothing awaited in between.
 * A step runs to completion, so its assertions hold throughout. It may change the state it is given
 * and nothing else; it takes time only from `now`, and everything it wants done it returns as data.
 * Effects are performed in the order given, by a driver that the actor does not know.
 */
export interface Actor<State, Message, Effect> {
  step(state: State, message: Message, now: Now): readonly Effect[];
}

/** Both clocks at the start of the step: wall time to stamp, monotonic time to measure. */
export interface Now {
  readonly wallMs: number;
  readonly monoMs: number;
}
