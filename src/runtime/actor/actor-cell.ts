/**
 * One life of an actor: its state, its mailbox and the loop that runs steps to completion. A step or
 * effect that throws ends the life: nothing of the cell runs afterwards, and its owner is told once.
 * What to do then is the supervisor's decision. Every driver runs actors through this class.
 */
import type { Actor, Now } from "./actor.ts";
import type { Mailbox } from "./mailbox.ts";

export interface ActorCellParts<State, Message, Effect> {
  readonly actor: Actor<State, Message, Effect>;
  readonly state: State;
  readonly mailbox: Mailbox<Message>;
  readonly now: () => Now;
  readonly perform: (effect: Effect) => void;
  readonly failed: (error: unknown) => void;
}

export class ActorCell<State, Message, Effect> {
  readonly #parts: ActorCellParts<State, Message, Effect>;
  #isRunning = false;
  #isAlive = true;

  constructor(parts: ActorCellParts<State, Message, Effect>) {
    this.#parts = parts;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Runs up to `stepsMax` messages; returns whether more wait. Not re-entrant. */
  run(stepsMax: number): boolean {
    // An effect that ends up here again (a send to oneself) only queues.
    if (this.#isRunning) return false;
    this.#isRunning = true;
    const { mailbox } = this.#parts;
    for (let steps = 0; steps < stepsMax && this.#isAlive; steps++) {
      const message = mailbox.take();
      if (message === undefined) break;
      this.#step(message);
    }
    this.#isRunning = false;
    return this.#isAlive && mailbox.count > 0;
  }

  /** Ends the life without a failure. */
  stop(): void {
    this.#isAlive = false;
  }

  #step(message: Message): void {
    const { actor, state, now, perform, failed } = this.#parts;
    try {
      for (const effect of actor.step(state, message, now())) perform(effect);
    } catch (error) {
      this.#isAlive = false;
      failed(error);
    }
  }
}
