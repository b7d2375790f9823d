/** What a driver needs to know to run and restart one actor. */
import type { Actor } from "./actor.ts";
import type { RestartLimits } from "./restart-policy.ts";
import type { DriverMessage, StandardEffect } from "./standard-effect.ts";

/** `Custom` are effects of the actor's own, performed by its spec. */
export interface ActorSpec<State, Message, Custom extends { readonly kind: string } = never> {
  /** Unique in its driver; the address of `send`. */
  readonly name: string;
  readonly actor: Actor<State, Message | DriverMessage, StandardEffect | Custom>;
  /** Builds the state from what is durable; called at the start and after every failure. */
  readonly open: () => State | Promise<State>;
  readonly mailboxBytesMax: number;
  readonly restart?: RestartLimits;
  /** Carries out a custom effect; outcomes come back through `tell`. */
  readonly perform?: (effect: Custom, tell: (message: Message) => void) => void;
  /** Told of every change of status, after it. */
  readonly gaveUp?: (error: Error) => void;
}
