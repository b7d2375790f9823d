/**
 * Runs the shard actors of one worker and performs their effects: records go to the worker's log,
 * answers wait for the durable position. One per shard worker; not shared between threads.
 *
 * A message is delivered only when the log has room for everything it can cause, so a step never
 * has to be undone: `deliverAppend` returns false instead, and the caller parks the batch.
 */
import { assert, must } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { BoundedQueue } from "#base/collections/bounded-queue.ts";
import type { Epoch, Seq, ShardId } from "#model/refs.ts";
import { appendFrameBytes } from "#storage/append-frame.ts";
import { REPLY_LOG_FAILED } from "#storage/append-reply.ts";
import type { AppendReply } from "#storage/append-reply.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import { CUT_PAYLOAD_BYTES_MAX } from "#storage/head-generation.ts";
import type { LogRecordDraft } from "#storage/log-record.ts";
import { shardStep } from "./shard-actor.ts";
import type { ShardStep } from "./shard-actor.ts";
import type { ShardEffect, ShardMessage } from "./shard-messages.ts";
import { SHARD_ABSENT } from "./shard-state.ts";
import type { ShardState } from "./shard-state.ts";

/** The worker's end of its log. Positions count bytes handed to the log since it was opened. */
export interface LogPort {
  /** Takes a copy of the record; returns the position after it. There must be room. */
  append(shard: ShardId, epoch: Epoch, seq: Seq, draft: LogRecordDraft): number;
  freeBytes(): number;
}

export interface ShardDriverOptions {
  readonly log: LogPort;
  readonly sendReply: (origin: number, reply: AppendReply) => void;
  /** A shard failed an assertion (or its memory trapped): it is out of service, the others are not. */
  readonly shardFaulted: (shard: ShardId, error: unknown) => void;
  /** Answers before records are durable: only to prove that the crash tests notice. */
  readonly unsafeAckEarly?: boolean;
}

interface WaitingReply {
  readonly position: number;
  readonly origin: number;
  readonly reply: AppendReply;
}

/** Two record headers, a mark and padding beside the columns of one batch. */
const LOG_OVERHEAD_BYTES = 512;
/** A slice may touch this many shards of one log, each with its own overhead. */
const SHARDS_PER_SLICE_MAX = 4096;
/** Waiting answers are bounded by the bytes in the log ring; this only stops a runaway. */
const WAITING_REPLIES_MAX = 1_000_000;

const NO_REFS = new Uint32Array(0);

export class ShardDriver {
  readonly #log: LogPort;
  readonly #sendReply: (origin: number, reply: AppendReply) => void;
  readonly #states = new Map<ShardId, ShardState>();
  readonly #waiting = new BoundedQueue<WaitingReply>(WAITING_REPLIES_MAX);
  readonly #unsafeAckEarly: boolean;
  readonly #shardFaulted: ShardDriverOptions["shardFaulted"];
  /** Set while the node's head budget is nearly used up. */
  refusesNewSeries = false;
  #endPosition = 0;
  #durablePosition = 0;

  constructor(options: ShardDriverOptions) {
    this.#log = options.log;
    this.#sendReply = options.sendReply;
    this.#shardFaulted = options.shardFaulted;
    this.#unsafeAckEarly = options.unsafeAckEarly ?? false;
  }

  get shards(): readonly ShardId[] {
    return [...this.#states.keys()];
  }

  state(shard: ShardId): ShardState {
    return this.#states.get(shard) ?? SHARD_ABSENT;
  }

  /** True while an accepted append waits for its records to be durable. */
  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** True when appends of up to `bytes` together fit the log. */
  hasRoom(bytes: number): boolean {
    return this.#log.freeBytes() >= bytes + LOG_OVERHEAD_BYTES * SHARDS_PER_SLICE_MAX;
  }

  deliver(shard: ShardId, message: Exclude<ShardMessage, { kind: "append" }>): void {
    this.#step(shard, message);
  }

  deliverToAll(message: Exclude<ShardMessage, { kind: "append" }>): void {
    for (const shard of this.#states.keys()) this.#step(shard, message);
  }

  /** False when the log has no room for what the batch may cause: park it and try again. */
  deliverAppend(origin: number, token: number, batch: AppendBatch, trustedNowMs: number): boolean {
    // A record holds the columns of the batch in at most as many bytes, plus 40 per new series.
    const needBytes = appendFrameBytes(batch) + 48 * batch.labelCount + LOG_OVERHEAD_BYTES;
    if (this.#log.freeBytes() < needBytes) return false;
    const { refusesNewSeries } = this;
    const kind = "append";
    this.#step(batch.shard, { kind, origin, token, batch, trustedNowMs, refusesNewSeries });
    return true;
  }

  /**
   * Ends the head generation of a shard. Returns the position behind its cut, which may be flushed
   * when the log is durable up to there; -1 when nothing was cut: no room, or a shard that cannot.
   */
  deliverCut(shard: ShardId): number {
    if (this.#log.freeBytes() < CUT_PAYLOAD_BYTES_MAX + LOG_OVERHEAD_BYTES) return -1;
    const before = this.#endPosition;
    this.#step(shard, { kind: "cut" });
    return this.#endPosition > before ? this.#endPosition : -1;
  }

  /** Sends every answer whose records are durable up to `position`. */
  durableTo(position: number): void {
    assert(position >= this.#durablePosition, () => `durable position went back to ${position}`);
    this.#durablePosition = position;
    for (;;) {
      const head = this.#waiting.peek();
      if (head === undefined || head.position > position) return;
      this.#waiting.shift();
      this.#sendReply(head.origin, head.reply);
    }
  }

  /** The log will make nothing more durable: what still waits is answered so, and may be repeated. */
  failWaiting(): void {
    for (let head = this.#waiting.shift(); head !== undefined; head = this.#waiting.shift()) {
      const { origin, reply } = head;
      this.#sendReply(origin, {
        ...reply,
        status: REPLY_LOG_FAILED,
        refs: NO_REFS,
        writtenCount: 0,
        rejectedCount: 0,
        rejections: [],
      });
    }
  }

  /** Shards out of service after a failed assertion. */
  get faultedShards(): readonly ShardId[] {
    return [...this.#states].filter(([, { kind }]) => kind === "faulted").map(([shard]) => shard);
  }

  #step(shard: ShardId, message: ShardMessage): void {
    let step: ShardStep;
    try {
      step = shardStep(shard, this.state(shard), message);
    } catch (error) {
      if (error instanceof EngineError) throw error;
      step = this.#fault(shard, message, error);
    }
    this.#states.set(shard, step.state);
    for (const effect of step.effects) this.#perform(effect);
  }

  /**
   * What the store did before it failed is unknown, so nothing of this step reaches the log; its
   * message is answered as by a shard that is not here.
   */
  #fault(shard: ShardId, message: ShardMessage, error: unknown): ShardStep {
    this.#shardFaulted(shard, error);
    const reason = error instanceof Error ? error.message : String(error);
    const state: ShardState = { kind: "faulted", reason };
    if (message.kind !== "append") return { state, effects: [] };
    return { state, effects: shardStep(shard, state, message).effects };
  }

  #perform(effect: ShardEffect): void {
    switch (effect.kind) {
      case "log":
        this.#endPosition = this.#log.append(effect.shard, effect.epoch, effect.seq, effect.draft);
        return;
      case "reply":
        this.#sendReply(effect.origin, effect.reply);
        return;
      case "reply-when-durable":
        if (this.#endPosition <= this.#durablePosition || this.#unsafeAckEarly) {
          this.#sendReply(effect.origin, effect.reply);
          return;
        }
        must(
          this.#waiting.push({
            position: this.#endPosition,
            origin: effect.origin,
            reply: effect.reply,
          }) || null,
          "shard driver: room for a waiting answer",
        );
    }
  }
}
