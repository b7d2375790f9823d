/**
 * The simulator's actor driver: the production driver over simulated ports, with turns drawn by the
 * seed, and every actor wrapped so that it is held to its contract. Messages and effects are copied
 * as a thread boundary would, and every step is recorded: replaying the record on a fresh state must
 * give the same effects, or the step read something it was not given.
 */
import { isDeepStrictEqual } from "node:util";
import { assert } from "#base/assert.ts";
import { ActorDriver } from "#runtime/actor/actor-driver.ts";
import type { ActorHandle } from "#runtime/actor/actor-handle.ts";
import type { ActorSpec } from "#runtime/actor/actor-spec.ts";
import type { Actor, Now } from "#runtime/actor/actor.ts";
import { copyOfData } from "./plain-data.ts";
import type { NodePorts } from "./world.ts";

/** Turns come after this long at most: short against the network, long enough to reorder actors. */
const TURN_DELAY_MS_MAX = 0.05;
/** Steps kept for the replay check, per life; a longer life is checked up to here. */
const RECORD_STEPS_MAX = 10_000;

interface RecordedStep {
  readonly message: unknown;
  readonly now: Now;
  readonly effects: readonly unknown[];
}

export class SimDriver extends ActorDriver {
  /** Finished and running lives with their first steps. */
  readonly #checks: (() => void)[] = [];

  constructor(ports: NodePorts) {
    const random = ports.random.fork("turns");
    super({
      ...ports,
      turns: {
        next: (run) => void ports.timers.after(random.float() * TURN_DELAY_MS_MAX, run),
      },
    });
  }

  override spawn<State, Message, Custom extends { readonly kind: string } = never>(
    spec: ActorSpec<State, Message, Custom>,
  ): ActorHandle<Message> {
    // Each open starts a life with a record of its own.
    let record: RecordedStep[] = [];
    const open = async (): Promise<State> => {
      record = [];
      return spec.open();
    };
    const step = recordingStep(spec.actor, (done) => {
      if (record.length < RECORD_STEPS_MAX) record.push(done);
    });
    this.#checks.push(() => assertReplays(spec.name, spec.actor, spec.open(), record));
    return super.spawn({ ...spec, open, actor: { step } });
  }

  /** Replays the present life of every actor whose `open` is synchronous. */
  assertDeterministic(): void {
    for (const check of this.#checks) check();
  }
}

function recordingStep<State, Message, Effect>(
  actor: Actor<State, Message, Effect>,
  record: (step: RecordedStep) => void,
): Actor<State, Message, Effect>["step"] {
  return (state, message, now) => {
    const received = copyOfData(message);
    const effects = actor.step(state, copyOfData(message), now).map((effect) => copyOfData(effect));
    record({ message: received, now, effects: effects.map((effect) => copyOfData(effect)) });
    return effects;
  };
}

function assertReplays<State, Message, Effect>(
  name: string,
  actor: Actor<State, Message, Effect>,
  state: State | Promise<State>,
  record: readonly RecordedStep[],
): void {
  if (state instanceof Promise) return;
  for (const [index, { message, now, effects }] of record.entries()) {
    const again = actor.step(state, copyOfData(message) as Message, now);
    assert(
      isDeepStrictEqual(copyOfData(again), effects),
      () => `sim: actor ${name} did otherwise at step ${index} of its replay`,
    );
  }
}
