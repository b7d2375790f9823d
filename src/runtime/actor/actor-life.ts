/**
 * From one start of an actor to its end: the cell with its state, the timers and files it opened,
 * and the performing of its effects. Outcomes that arrive after the end belong to nobody and are
 * dropped: the next life starts from what is durable, not from what was in flight.
 */
import { unreachable } from "#base/assert.ts";
import type { EngineError } from "#base/engine-error.ts";
import type { TimerHandle } from "../ports/clock.ts";
import { ActorCell } from "./actor-cell.ts";
import type { ActorDirectory, ActorPorts } from "./actor-driver.ts";
import type { ActorSpec } from "./actor-spec.ts";
import { DiskPerformer } from "./disk-performer.ts";
import type { Mailbox } from "./mailbox.ts";
import { type DriverMessage, isStandardEffect, type StandardEffect } from "./standard-effect.ts";

/** Steps per turn: enough to amortize the turn, few enough that others are not kept waiting. */
const STEPS_PER_TURN = 64;

type Custom = { readonly kind: string };

export interface LifeEvents {
  reply(to: number, value: unknown): void;
  replyError(to: number, error: EngineError): void;
  failed(error: unknown): void;
}

export class ActorLife<Message> {
  readonly #spec: ActorSpec<unknown, Message, Custom>;
  readonly #ports: ActorPorts;
  readonly #directory: ActorDirectory;
  readonly #events: LifeEvents;
  readonly #mailbox: Mailbox<Message | DriverMessage>;
  readonly #cell: ActorCell<unknown, Message | DriverMessage, StandardEffect | Custom>;
  readonly #disk: DiskPerformer;
  readonly #timers = new Map<string, TimerHandle>();
  #isTurnDue = false;

  constructor(
    spec: ActorSpec<unknown, Message, Custom>,
    state: unknown,
    mailbox: Mailbox<Message | DriverMessage>,
    ports: ActorPorts,
    directory: ActorDirectory,
    events: LifeEvents,
  ) {
    this.#spec = spec;
    this.#ports = ports;
    this.#directory = directory;
    this.#events = events;
    this.#mailbox = mailbox;
    this.#disk = new DiskPerformer(ports.disk);
    const { clock } = ports;
    this.#cell = new ActorCell({
      actor: spec.actor,
      state,
      mailbox,
      now: () => ({ wallMs: clock.wallMs(), monoMs: clock.monoMs() }),
      perform: (effect) => this.#perform(effect),
      failed: (error) => this.#events.failed(error),
    });
    this.#bring({ kind: "started" });
  }

  /** Something is in the mailbox: asks for a turn unless one is due. */
  wake(): void {
    if (this.#isTurnDue || !this.#cell.isAlive) return;
    this.#isTurnDue = true;
    this.#ports.turns.next(() => {
      this.#isTurnDue = false;
      if (this.#cell.run(STEPS_PER_TURN)) this.wake();
    });
  }

  /** Ends the life; resolves when its disk work has come to rest and its files are closed. */
  async end(): Promise<void> {
    this.#cell.stop();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    await this.#disk.close();
  }

  #bring(message: DriverMessage): void {
    if (!this.#cell.isAlive) return;
    this.#mailbox.force(message);
    this.wake();
  }

  #perform(effect: StandardEffect | Custom): void {
    if (isStandardEffect(effect)) {
      this.#performStandard(effect);
    } else {
      this.#spec.perform?.(effect, (message) => {
        if (!this.#cell.isAlive) return;
        this.#mailbox.force(message);
        this.wake();
      });
    }
  }

  #performStandard(effect: StandardEffect): void {
    switch (effect.kind) {
      case "send": {
        const offer = this.#directory.deliver(effect.to, effect.message, effect.bytes);
        if (offer === "accepted") return;
        this.#bring({ kind: "send-failed", to: effect.to, reason: offer });
        return;
      }
      case "transmit":
        if (this.#ports.network.send(effect.to, effect.channel, effect.payload)) return;
        this.#bring({ kind: "transmit-failed", to: effect.to });
        return;
      case "reply":
        this.#events.reply(effect.to, effect.value);
        return;
      case "reply-error":
        this.#events.replyError(effect.to, effect.error);
        return;
      case "set-timer":
        this.#setTimer(effect.name, effect.delayMs);
        return;
      case "cancel-timer":
        this.#timers.get(effect.name)?.cancel();
        this.#timers.delete(effect.name);
        return;
      case "read-disk":
      case "write-disk":
      case "sync-disk":
      case "remove-disk":
        this.#disk.perform(effect).then(
          (outcome) => this.#bring(outcome),
          (error: unknown) => this.#bug(error),
        );
        return;
      default:
        unreachable(effect);
    }
  }

  /** A disk effect that failed in no way a disk can: a wrong path, too many files. */
  #bug(error: unknown): void {
    if (!this.#cell.isAlive) return;
    this.#cell.stop();
    this.#events.failed(error);
  }

  #setTimer(name: string, delayMs: number): void {
    this.#timers.get(name)?.cancel();
    const timer = this.#ports.timers.after(delayMs, () => {
      this.#timers.delete(name);
      this.#bring({ kind: "timer", name });
    });
    this.#timers.set(name, timer);
  }
}
