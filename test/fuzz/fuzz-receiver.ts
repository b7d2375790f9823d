/**
 * One receiver under the fuzzer: takes a body, lets shards answer as they do in a worker, and says
 * what became of it, how long the longest step took and what the batches held.
 */
import { createHash } from "node:crypto";
import type { Hash } from "node:crypto";
import { EngineError } from "#base/engine-error.ts";
import type { Kernels } from "#kernels/kernel-calls.ts";
import type { PlacementOptions } from "#model/placement.ts";
import { tenantId } from "#model/refs.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import { appendFrameBytes, encodeAppendFrame } from "#storage/append-frame.ts";
import type { AppendReply, ShardReply } from "#storage/append-reply.ts";
import { sliceBatches } from "#storage/packed-batch.ts";
import type { BodyEncoding, BodyFormat, BodyVerdict } from "#storage/body-appender.ts";
import type { BodyDecoder } from "#tsdb/receiver/body-decoder.ts";
import { KernelBodyDecoder } from "#tsdb/receiver/kernel-body-decoder.ts";
import { Receiver } from "#tsdb/receiver/receiver.ts";

/** The limits of a node with default settings. */
export const BODY_BYTES_MAX: number = 32 * 1024 * 1024;
export const DECODED_BYTES_MAX: number = 32 * 1024 * 1024;
/** Large enough that it is never full inside a body; that has a test of its own. */
const IDENTITY_BYTES_MAX = 512 * 1024 * 1024;
const INFLIGHT_BYTES_MAX = 128 * 1024 * 1024;
/** Turns without any progress after which a body counts as stuck. */
const IDLE_TURNS_MAX = 100;

export interface BodyOutcome {
  /** `stored`, the code of an operating error, or `crash`. */
  readonly code: string;
  readonly text: string;
  readonly verdict: BodyVerdict | null;
  /** Over every batch sent, byte for byte, in order. */
  readonly batches: string;
  readonly step: StepTime;
}

/** Wall time of the longest step, and the most that one step cost this thread. */
export interface StepTime {
  readonly wallMs: number;
  readonly cpuMs: number;
}

export interface FuzzReceiverOptions {
  readonly kernels: Kernels;
  readonly placement: PlacementOptions;
  readonly shardCount: number;
  /** Stands for the shards; its time counts as the worker's. */
  readonly append: (batch: AppendBatch) => ShardReply;
  readonly nowMs: number;
  /** Puts something between receiver and decoder. */
  readonly wrap?: (decoder: BodyDecoder) => BodyDecoder;
}

export class FuzzReceiver {
  readonly #receiver: Receiver;
  readonly #replies: AppendReply[] = [];
  readonly #deferred: (() => void)[] = [];
  #batches: Hash = createHash("md5");
  /** Time spent on hashing batches, which no node does. */
  #watchingMs = 0;
  #wallMs = 0;
  #cpuMs = 0;
  #frame = new Uint8Array(1 << 20);

  constructor(options: FuzzReceiverOptions) {
    const { kernels, placement, shardCount, append, nowMs, wrap = (decoder) => decoder } = options;
    const decoder = new KernelBodyDecoder({
      kernels,
      bodyBytesMax: BODY_BYTES_MAX,
      decodedBytesMax: DECODED_BYTES_MAX,
      identityBytesMax: IDENTITY_BYTES_MAX,
      seed: [1, 2],
    });
    this.#receiver = new Receiver({
      decoder: wrap(decoder),
      router: {
        hasRoom: () => true,
        send: (token, _log, slice) => {
          const batches = sliceBatches(slice);
          for (const batch of batches) this.#watch(batch);
          const shards = batches.map((batch) => append(batch));
          this.#replies.push({ token, writtenCount: 0, shards });
        },
      },
      clock: { wallMs: () => nowMs, monoMs: () => performance.now() },
      defer: (run) => this.#deferred.push(run),
      shardLogs: new Uint16Array(shardCount),
      placement,
      bodyBytesMax: BODY_BYTES_MAX,
      decodedBytesMax: DECODED_BYTES_MAX,
      inflightBytesMax: INFLIGHT_BYTES_MAX,
      deadlineMs: 600_000,
    });
  }

  async run(
    bytes: Uint8Array,
    { format, encoding }: { readonly format: BodyFormat; readonly encoding: BodyEncoding },
  ): Promise<BodyOutcome> {
    this.#batches = createHash("md5");
    this.#wallMs = 0;
    this.#cpuMs = 0;
    const options = { tenant: tenantId(0), format, encoding, sender: "fuzz" };
    const sink = this.#receiver.open(options, bytes.length);
    if (sink === null) throw new Error("no room for a body");
    const isTaken = sink.write(bytes);
    if (!isTaken) {
      sink.abort();
      return this.#outcome("storage.body-too-large", "over the limit", null);
    }
    let settled: BodyOutcome | null = null;
    this.#step(() => {
      sink.submit().then(
        (verdict) => (settled = this.#outcome("stored", "", verdict)),
        (error: unknown) => (settled = this.#failure(error)),
      );
    });
    for (let idle = 0; settled === null && idle < IDLE_TURNS_MAX; idle++) {
      const run = this.#deferred.shift();
      // Answers come when the body is through, or slices would depend on how fast this machine is.
      const replies = run === undefined ? this.#replies.splice(0) : [];
      if (run !== undefined) this.#step(run);
      for (const reply of replies) this.#step(() => this.#receiver.answer(reply));
      if (run !== undefined || replies.length > 0) idle = 0;
      await Promise.resolve();
    }
    return settled ?? this.#outcome("crash", "the body is never answered", null);
  }

  #step(run: () => void): void {
    const watched = this.#watchingMs;
    const start = performance.now();
    const before = process.threadCpuUsage();
    run();
    const { user, system } = process.threadCpuUsage(before);
    const watchedMs = this.#watchingMs - watched;
    this.#wallMs = Math.max(this.#wallMs, performance.now() - start - watchedMs);
    this.#cpuMs = Math.max(this.#cpuMs, (user + system) / 1000 - watchedMs);
  }

  #watch(batch: AppendBatch): void {
    const start = performance.now();
    const { tenant, isHistory } = batch;
    const slice = { tenant, isHistory, packed: new Uint8Array(0), batches: [batch] };
    const size = appendFrameBytes(slice);
    if (size > this.#frame.length) this.#frame = new Uint8Array(2 * size);
    // Padding is not written.
    const frame = this.#frame.subarray(0, size).fill(0);
    encodeAppendFrame(frame, 0, slice);
    this.#batches.update(frame);
    this.#watchingMs += performance.now() - start;
  }

  #failure(error: unknown): BodyOutcome {
    if (error instanceof EngineError) return this.#outcome(error.code, error.message, null);
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return this.#outcome("crash", text, null);
  }

  #outcome(code: string, text: string, verdict: BodyVerdict | null): BodyOutcome {
    const step = { wallMs: this.#wallMs, cpuMs: this.#cpuMs };
    return { code, text, verdict, batches: this.#batches.copy().digest("hex"), step };
  }
}
