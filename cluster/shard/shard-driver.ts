/**
 * Runs the shard actors of one log and performs their effects: records go to the log, answers wait
 * for the durable position. Batches come in slices, each with one answer for all of its shards. Not
 * shared between threads.
 *
 * A slice is delivered only when the log has room for everything it can cause, so a step never
 * has to be undone: `deliverAppend` returns false instead, and the caller parks the slice.
 */
import { assert, must } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { BoundedQueue } from "#base/collections/bounded-queue.ts";
import type { Epoch, Seq, ShardId } from "#model/refs.ts";
import { appendBatchBytes } from "#storage/append-frame.ts";
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
import { SliceAnswer } from "./slice-answer.ts";

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
  /** One that the log belongs to, to name should it fail. */
  readonly shard: number;
}

type LogEffect = Extract<ShardEffect, { kind: "log" }>;

/** Two record headers, a mark and padding beside the columns of one batch. */
const LOG_OVERHEAD_BYTES = 512;
/** A slice may touch this many shards of one log, each with its own overhead. */
const SHARDS_PER_SLICE_MAX = 4096;
/** Waiting answers are bounded by the bytes in the log ring; this only stops a runaway. */
const WAITING_REPLIES_MAX = 1_000_000;

const NOTHING_WRITTEN = {
  refs: new Uint32Array(0),
  writtenCount: 0,
  rejectedCount: 0,
  rejections: [],
};

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

  /** False when the log has no room for what the slice may cause: park it and try again. */
  deliverAppend(
    origin: number,
    token: number,
    batches: readonly AppendBatch[],
    trustedNowMs: number,
  ): boolean {
    let needBytes = 0;
    for (const batch of batches) needBytes += logBytesMax(batch);
    if (this.#log.freeBytes() < needBytes) return false;
    const { refusesNewSeries } = this;
    const answer = new SliceAnswer(token);
    let isWaiting = false;
    for (const batch of batches) {
      const message = { kind: "append", batch, trustedNowMs, refusesNewSeries } as const;
      for (const effect of this.#stepOf(batch.shard, message)) {
        if (effect.kind === "log") {
          this.#append(effect);
          continue;
        }
        isWaiting ||= effect.kind === "reply-when-durable";
        answer.add(effect.reply, batch);
      }
    }
    const { reply } = answer;
    const position = this.#endPosition;
    this.#answer({ position, origin, reply, shard: batches[0]!.shard }, isWaiting);
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
      const { origin, reply, shard } = head;
      // Of no generation: what the receiver knows of this log it may go on knowing.
      const failed = { status: REPLY_LOG_FAILED, generation: 0, shard, ...NOTHING_WRITTEN };
      this.#sendReply(origin, { token: reply.token, writtenCount: 0, shards: [failed] });
    }
  }

  /** Shards out of service after a failed assertion. */
  get faultedShards(): readonly ShardId[] {
    return [...this.#states].filter(([, { kind }]) => kind === "faulted").map(([shard]) => shard);
  }

  /** A step of anything but an append, which nobody waits for. */
  #step(shard: ShardId, message: ShardMessage): void {
    for (const effect of this.#stepOf(shard, message)) {
      assert(effect.kind === "log", () => `shard ${shard}: ${effect.kind} to ${message.kind}`);
      this.#append(effect);
    }
  }

  #stepOf(shard: ShardId, message: ShardMessage): readonly ShardEffect[] {
    let step: ShardStep;
    try {
      step = shardStep(shard, this.state(shard), message);
    } catch (error) {
      if (error instanceof EngineError) throw error;
      step = this.#fault(shard, message, error);
    }
    this.#states.set(shard, step.state);
    return step.effects;
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

  #append({ shard, epoch, seq, draft }: LogEffect): void {
    this.#endPosition = this.#log.append(shard, epoch, seq, draft);
  }

  #answer(waiting: WaitingReply, isWaiting: boolean): void {
    const isDurable = waiting.position <= this.#durablePosition || this.#unsafeAckEarly;
    if (!isWaiting || isDurable) {
      this.#sendReply(waiting.origin, waiting.reply);
      return;
    }
    must(this.#waiting.push(waiting) || null, "shard driver: room for a waiting answer");
  }
}

/** A record holds the columns of the batch in at most as many bytes, plus 40 per new series. */
function logBytesMax(batch: AppendBatch): number {
  return appendBatchBytes(batch) + 48 * batch.labelCount + LOG_OVERHEAD_BYTES;
}
