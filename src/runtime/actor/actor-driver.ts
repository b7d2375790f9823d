/**
 * Runs actors over the ports of a process: gives them turns, performs their effects, restarts them
 * from their log when they fail, and gives them up when that does not help. One actor's failure
 * touches no other. The simulator uses the same class over simulated ports.
 */
import { assert } from "#base/assert.ts";
import type { Clock, Timers } from "../ports/clock.ts";
import type { Disk } from "../ports/disk.ts";
import type { Logger } from "../ports/logger.ts";
import type { Network } from "../ports/network.ts";
import { ActorHandle } from "./actor-handle.ts";
import type { ActorSpec } from "./actor-spec.ts";
import type { Offer } from "./mailbox.ts";
import type { Turns } from "./turns.ts";

/** 512 shards with a few actors each. */
const ACTORS_MAX = 4096;

export interface ActorPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly turns: Turns;
  readonly disk: Disk;
  readonly network: Network;
  readonly logger: Logger;
}

/** What a handle asks of its driver: delivery to another actor. */
export interface ActorDirectory {
  deliver(to: string, message: unknown, bytes: number): Offer | "gone";
}

export class ActorDriver implements ActorDirectory {
  readonly #ports: ActorPorts;
  readonly #handles = new Map<string, ActorHandle<unknown>>();

  constructor(ports: ActorPorts) {
    this.#ports = ports;
  }

  /** Starts an actor; messages may be told at once and are handled when it has opened. */
  spawn<State, Message, Custom extends { readonly kind: string } = never>(
    spec: ActorSpec<State, Message, Custom>,
  ): ActorHandle<Message> {
    assert(!this.#handles.has(spec.name), () => `actor ${spec.name} is spawned twice`);
    assert(this.#handles.size < ACTORS_MAX, () => `actor driver: more than ${ACTORS_MAX} actors`);
    const handle = new ActorHandle<Message>(spec, this.#ports, this);
    this.#handles.set(spec.name, handle as ActorHandle<unknown>);
    return handle;
  }

  deliver(to: string, message: unknown, bytes: number): Offer | "gone" {
    const handle = this.#handles.get(to);
    return handle === undefined || !handle.isReachable ? "gone" : handle.tell(message, bytes);
  }

  /** Stops one actor and forgets its name. */
  async stop(name: string): Promise<void> {
    const handle = this.#handles.get(name);
    this.#handles.delete(name);
    await handle?.stop();
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#handles.keys()].map((name) => this.stop(name)));
  }
}
