/**
 * One supervised actor: its present life, its restarts, and the questions open to it. Messages told
 * while it starts or backs off wait in the mailbox of the next life; those that a failed life had
 * not handled yet are lost, like its open questions, which are rejected with `actor.failed`: their
 * askers retry, and retries are idempotent.
 */
import { EngineError } from "#base/engine-error.ts";
import { runtimeErrors } from "../runtime-errors.ts";
import type { ActorDirectory, ActorPorts } from "./actor-driver.ts";
import { ActorLife } from "./actor-life.ts";
import type { ActorSpec } from "./actor-spec.ts";
import type { ActorStatus } from "./actor-status.ts";
import { Mailbox, type Offer } from "./mailbox.ts";
import { RestartPolicy } from "./restart-policy.ts";
import type { DriverMessage } from "./standard-effect.ts";

/** Questions weigh in the mailbox; this bounds those whose actor never answers. */
const ASKS_OPEN_MAX = 65_536;

interface OpenAsk {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class ActorHandle<Message> {
  readonly name: string;
  // The state and effect types matter to the spec's author only; inside they are opaque.
  readonly #spec: ActorSpec<unknown, Message, { readonly kind: string }>;
  readonly #ports: ActorPorts;
  readonly #directory: ActorDirectory;
  readonly #policy: RestartPolicy;
  readonly #asks = new Map<number, OpenAsk>();
  #nextAsk = 1;
  #mailbox: Mailbox<Message | DriverMessage>;
  #life: ActorLife<Message> | null = null;
  #status: ActorStatus = { kind: "starting" };

  constructor(spec: object, ports: ActorPorts, directory: ActorDirectory) {
    this.#spec = spec as ActorSpec<unknown, Message, { readonly kind: string }>;
    this.name = this.#spec.name;
    this.#ports = ports;
    this.#directory = directory;
    this.#policy = new RestartPolicy(this.#spec.restart);
    this.#mailbox = new Mailbox(this.#spec.mailboxBytesMax);
    void this.#start();
  }

  get status(): ActorStatus {
    return this.#status;
  }

  /** False once it will never handle a message again. */
  get isReachable(): boolean {
    return this.#status.kind !== "given-up" && this.#status.kind !== "stopped";
  }

  get queuedBytes(): number {
    return this.#mailbox.usedBytes;
  }

  /** Queues a message that weighs `bytes`; "busy" when the mailbox is full or the actor is gone. */
  tell(message: Message, bytes: number): Offer {
    if (!this.isReachable) return "busy";
    const offer = this.#mailbox.offer(message, bytes);
    if (offer === "accepted") this.#life?.wake();
    return offer;
  }

  /** Tells a message that carries the number of its answer, and waits for `reply` to it. */
  ask<Value>(build: (replyTo: number) => Message, bytes: number): Promise<Value> {
    if (!this.isReachable)
      return Promise.reject(this.#error(runtimeErrors.actorGone, "it is gone"));
    const id = this.#nextAsk++;
    if (this.#asks.size >= ASKS_OPEN_MAX || this.tell(build(id), bytes) === "busy") {
      return Promise.reject(this.#error(runtimeErrors.mailboxFull, "its mailbox is full"));
    }
    return new Promise((resolve, reject) => {
      this.#asks.set(id, { resolve: resolve as (value: unknown) => void, reject });
    });
  }

  async stop(): Promise<void> {
    if (this.#status.kind === "stopped") return;
    this.#status = { kind: "stopped" };
    const life = this.#life;
    this.#life = null;
    this.#rejectAsks(this.#error(runtimeErrors.actorGone, "it was stopped"));
    await life?.end();
  }

  async #start(): Promise<void> {
    this.#status = { kind: "starting" };
    let state: unknown;
    try {
      state = await this.#spec.open();
    } catch (error) {
      this.#failed(error);
      return;
    }
    // Stopped while it opened.
    if (this.#status.kind !== "starting") return;
    this.#status = { kind: "running" };
    this.#life = new ActorLife(this.#spec, state, this.#mailbox, this.#ports, this.#directory, {
      reply: (to, value) => this.#settle(to, (ask) => ask.resolve(value)),
      replyError: (to, error) => this.#settle(to, (ask) => ask.reject(error)),
      failed: (error) => this.#failed(error),
    });
  }

  #failed(cause: unknown): void {
    if (!this.isReachable) return;
    const error = cause instanceof Error ? cause : new Error(String(cause));
    const life = this.#life;
    this.#life = null;
    this.#mailbox = new Mailbox(this.#spec.mailboxBytesMax);
    this.#rejectAsks(this.#error(runtimeErrors.actorFailed, error.message, error));
    const decision = this.#policy.onFailure(this.#ports.clock.monoMs());
    this.#ports.logger.error({ actor: this.name, error, decision: decision.kind }, "actor failed");
    if (decision.kind === "give-up") {
      this.#status = { kind: "given-up", error };
      void life?.end();
      this.#spec.gaveUp?.(error);
      return;
    }
    this.#status = { kind: "backing-off", error };
    void this.#restart(life, decision.afterMs);
  }

  /** The next life opens the same files, so the old one has to let go of them first. */
  async #restart(life: ActorLife<Message> | null, afterMs: number): Promise<void> {
    await life?.end();
    this.#ports.timers.after(afterMs, () => {
      if (this.#status.kind === "backing-off") void this.#start();
    });
  }

  #settle(to: number, answer: (ask: OpenAsk) => void): void {
    const ask = this.#asks.get(to);
    if (ask === undefined) return;
    this.#asks.delete(to);
    answer(ask);
  }

  #rejectAsks(error: EngineError): void {
    const asks = [...this.#asks.values()];
    this.#asks.clear();
    for (const ask of asks) ask.reject(error);
  }

  #error(kind: (typeof runtimeErrors)["actorGone"], why: string, cause?: Error): EngineError {
    const message = `cannot ask actor ${this.name}: ${why}`;
    const options = { data: { actor: this.name }, ...(cause === undefined ? {} : { cause }) };
    return new EngineError(kind, message, options);
  }
}
