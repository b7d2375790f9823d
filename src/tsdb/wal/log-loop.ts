/**
 * Drives the log writer: takes what the ring holds, lets `stepLog` decide, performs its effects and
 * publishes the durable position. Commits run back to back, each with everything that arrived during
 * the previous sync and, while that pays, during a short rest after it (`commit-pace.ts`). Ring space
 * is released only when its records are durable. `runLogLoop` owns its thread and blocks it; the
 * simulator calls `turn` instead.
 */
import { AssertionError, unreachable } from "#base/assert.ts";
import { isErrorOf } from "#base/engine-error.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import type { Random } from "#runtime/ports/random.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import type { DurableCursor } from "#runtime/worker/durable-cursor.ts";
import { RingConsumer } from "#runtime/worker/ring-consumer.ts";
import {
  initialLogState,
  stepLog,
  type LogActorState,
  type LogEffect,
  type LogMessage,
} from "./log-actor.ts";
import { CommitPace, REST_SLICE_MS } from "./commit-pace.ts";
import { LogBatch } from "./log-batch.ts";
import { durableCursorOf, logStatusOf, type LogChannel } from "./log-channel.ts";
import type { LogResume } from "./log-resume.ts";
import { LOG_CLOSED, LOG_FAULTED, LOG_NO_SPACE, LOG_OPEN, type LogStatus } from "./log-status.ts";
import { logFolder, type LogIdentity } from "./segment-format.ts";
import { SegmentWriter } from "./segment-writer.ts";

/**
 * A commit stops taking records at this size: some ms of writing on a slow disk, so the records
 * behind it do not wait long; one record may pass it.
 */
export const batchBytesMax: number = 4 * 1024 * 1024;
/** How long an idle thread sleeps before it looks around; work and close wake it at once. */
const idleWaitMs = 1000;

export interface LogLoopOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  /** Salts of segments. */
  readonly random: Random;
  readonly identity: LogIdentity;
  readonly channel: LogChannel;
  readonly resume: LogResume;
  readonly segmentBytesMax?: number;
  readonly batchBytesMax?: number;
  /** Acknowledges without syncing: only to prove that the power-cut test notices. */
  readonly unsafeSkipSync?: boolean;
}

/** `waiting`: nothing can be done before the timer. `ended`: never call `turn` again. */
export type LogTurn = "worked" | "idle" | "waiting" | "ended";

const statusOfPhase = {
  open: LOG_OPEN,
  "no-space": LOG_NO_SPACE,
  faulted: LOG_FAULTED,
  closed: LOG_CLOSED,
} as const;

export class LogLoop {
  readonly #options: LogLoopOptions;
  readonly #step: typeof stepLog;
  readonly #state: LogActorState;
  readonly #ring: RingConsumer;
  readonly #ringView: DataView;
  readonly #cursor: DurableCursor;
  readonly #status: LogStatus;
  readonly #batch: LogBatch;
  readonly #writer: SegmentWriter;
  readonly #batchBytesMax: number;
  readonly #pace = new CommitPace();
  readonly #never = new Int32Array(new SharedArrayBuffer(4));
  #salt = 0;
  #hasTail: boolean;
  #timerAtMs = 0;

  /** `step` is replaced only by tests that plant a wrong decision. */
  constructor(options: LogLoopOptions, step: typeof stepLog = stepLog) {
    const { resume, channel, identity } = options;
    this.#options = options;
    this.#step = step;
    this.#state = initialLogState(
      resume.nextSegmentId,
      resume.previous,
      resume.batchCount,
      options.segmentBytesMax,
    );
    this.#ring = new RingConsumer(channel.ring);
    const { buffer, byteOffset, byteLength } = this.#ring.bytes;
    this.#ringView = new DataView(buffer, byteOffset, byteLength);
    this.#cursor = durableCursorOf(channel);
    this.#status = logStatusOf(channel);
    this.#batchBytesMax = options.batchBytesMax ?? batchBytesMax;
    this.#batch = new LogBatch(this.#batchBytesMax);
    this.#hasTail = resume.tail !== null;
    this.#writer = new SegmentWriter({
      disk: options.disk,
      folder: logFolder(identity.logId),
      identity,
      unsafeSkipSync: options.unsafeSkipSync ?? false,
    });
  }

  /** Makes the first segment durable, with the recovered tail in it. */
  start(): Promise<void> {
    return this.#dispatch({ kind: "start" });
  }

  /** Does what can be done now: at most one group commit. */
  async turn(): Promise<LogTurn> {
    const { phase } = this.#state;
    if (phase.kind === "faulted" || phase.kind === "closed") return "ended";
    if (phase.kind === "no-space") {
      if (this.#status.isStopRequested) await this.#dispatch({ kind: "close" });
      else if (this.#options.clock.monoMs() < this.#timerAtMs) return "waiting";
      else await this.#dispatch({ kind: "timer" });
      return "worked";
    }
    this.#fill();
    if (this.#batch.count > 0) {
      await this.#dispatch({ kind: "batch", recordBytes: this.#batch.recordBytes });
    } else if (this.#ring.ended) {
      await this.#dispatch({ kind: "close" });
    } else {
      return "idle";
    }
    return "worked";
  }

  /** Blocks the thread until there may be something to do. */
  wait(turn: "idle" | "waiting"): void {
    if (turn === "idle") {
      this.#ring.wait(idleWaitMs);
      return;
    }
    this.#sleep(Math.max(1, this.#timerAtMs - this.#options.clock.monoMs()));
  }

  /** Blocks the thread while records keep joining those that wait; see `commit-pace.ts`. */
  rest(): void {
    let waiting = this.#ring.waitingBytes;
    if (waiting === 0) return;
    this.#pace.start();
    while (waiting < this.#ring.capacityBytes / 4 && this.#pace.wantsRest(waiting)) {
      this.#sleep(REST_SLICE_MS);
      const before = waiting;
      waiting = this.#ring.waitingBytes;
      if (!this.#pace.rested(before, waiting)) return;
    }
  }

  /** Nobody notifies this word: records keep coming, and must not wake us. */
  #sleep(delayMs: number): void {
    Atomics.wait(this.#never, 0, 0, delayMs);
  }

  /** After a fault of the driver itself: tells every waiter that nothing more becomes durable. */
  giveUp(): void {
    this.#status.setState(LOG_FAULTED);
    this.#cursor.fail();
  }

  #fill(): void {
    const ring = this.#ring;
    this.#batch.reset();
    while (this.#batch.recordBytes < this.#batchBytesMax && ring.next()) {
      this.#batch.addUnsealed(ring.bytes, this.#ringView, ring.frameOffset, ring.frameLength);
    }
  }

  async #dispatch(first: LogMessage): Promise<void> {
    let message: LogMessage | null = first;
    while (message !== null) {
      const effects = this.#step(this.#state, message, this.#options.clock.monoMs());
      message = null;
      // A step ends with its one disk effect, if any, so no answer is overwritten.
      for (const effect of effects) message = (await this.#perform(effect)) ?? message;
    }
  }

  async #perform(effect: LogEffect): Promise<LogMessage | null> {
    switch (effect.kind) {
      case "create-segment":
        return this.#attempt(() => this.#create(effect));
      case "seal":
        this.#batch.seal(this.#salt, effect.batchNumber, effect.durable);
        return null;
      case "write":
        return this.#attempt(async () => {
          const bytes = this.#batch.bytes.subarray(effect.from, effect.to);
          const count = await this.#writer.write(bytes, effect.offset);
          // Progress of zero is no progress: going on would spin.
          return count > 0 ? { kind: "written", bytes: count } : { kind: "failed", cause: "io" };
        });
      case "sync":
        return this.#attempt(() => this.#sync());
      case "close-segment":
        await this.#writer.close();
        return null;
      case "abandon-segment":
        await this.#writer.abandon(effect.isEmpty);
        return null;
      case "publish":
        this.#status.add("batches", 1);
        this.#status.add("bytes", effect.batchBytes);
        this.#cursor.publish(effect.position);
        this.#ring.release();
        return null;
      case "publish-phase":
        this.#status.setState(statusOfPhase[effect.phase]);
        if (effect.phase === "faulted") this.#cursor.fail();
        return null;
      case "set-timer":
        this.#timerAtMs = effect.atMs;
        return null;
      default:
        return unreachable(effect);
    }
  }

  async #create(effect: LogEffect & { kind: "create-segment" }): Promise<LogMessage> {
    const { segmentId, previous } = effect;
    this.#salt = this.#options.random.u32();
    const tail = this.#hasTail ? this.#options.resume.tail : null;
    const tailBytes = await this.#writer.create({ segmentId, salt: this.#salt, previous }, tail);
    this.#hasTail = false;
    this.#status.setSegmentId(segmentId);
    this.#status.add("segments", 1);
    return { kind: "created", tailBytes };
  }

  async #sync(): Promise<LogMessage> {
    const { clock } = this.#options;
    const startMs = clock.monoMs();
    await this.#writer.sync();
    const micros = Math.round((clock.monoMs() - startMs) * 1000);
    this.#status.add("syncs", 1);
    this.#status.add("syncMicros", micros);
    this.#status.raise("syncMicrosMax", micros);
    return { kind: "synced" };
  }

  async #attempt(operation: () => Promise<LogMessage>): Promise<LogMessage> {
    try {
      return await operation();
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      this.#status.add("errors", 1);
      // Both pass without anybody touching this log, so both are waited out.
      const passes =
        isErrorOf(error, runtimeErrors.diskNoSpace) ||
        isErrorOf(error, runtimeErrors.diskTooManyFiles);
      return { kind: "failed", cause: passes ? "no-space" : "io" };
    }
  }
}

/**
 * Runs a log until its producer closes it or it is faulted; blocks the calling thread between
 * commits. Returns how it ended.
 */
export async function runLogLoop(options: LogLoopOptions): Promise<"closed" | "faulted"> {
  const loop = new LogLoop(options);
  try {
    await loop.start();
    for (;;) {
      const turn = await loop.turn();
      if (turn === "ended") break;
      if (turn !== "worked") loop.wait(turn);
      if (turn !== "waiting") loop.rest();
    }
  } catch (error) {
    loop.giveUp();
    throw error;
  }
  return durableCursorOf(options.channel).failed ? "faulted" : "closed";
}
