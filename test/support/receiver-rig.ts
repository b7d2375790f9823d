/**
 * A receiver over the shipped kernels with a router that keeps what it is sent: the test decides
 * when and how each batch is answered; a slice is answered with the last of its batches. Frames go
 * through their codec, as between real workers.
 */
import { GYRE_MODULE_URL, instantiateKernels, kernelModule } from "#kernels/kernel-instance.ts";
import { instantiateTwins } from "#kernels/twin-instance.ts";
import { loadKernels } from "#runtime/node/load-kernels.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import { appendFrameBytes, decodeAppendFrame, encodeAppendFrame } from "#storage/append-frame.ts";
import type { AppendFrame } from "#storage/append-frame.ts";
import type { AppendSlice } from "#storage/append-slice.ts";
import { REPLY_DURABLE } from "#storage/append-reply.ts";
import type { ShardReply } from "#storage/append-reply.ts";
import type { BodyEncoding, BodyFormat, BodyVerdict } from "#storage/body-appender.ts";
import { tenantId } from "#model/refs.ts";
import { KernelBodyDecoder } from "#tsdb/receiver/kernel-body-decoder.ts";
import { Receiver } from "#tsdb/receiver/receiver.ts";

const RIG_SHARDS = 8;
const RIG_LOGS = 2;
const MODULE = kernelModule(loadKernels(GYRE_MODULE_URL));

/** A batch, and the token of the slice that it came in. */
export interface SentBatch {
  readonly token: number;
  readonly batch: AppendBatch;
}

export class ReceiverRig {
  readonly sent: SentBatch[] = [];
  /** Answers by token, of slices with batches that are not answered yet. */
  readonly #answers = new Map<number, { readonly open: number; readonly shards: ShardReply[] }>();
  readonly receiver: Receiver;
  hasRoom = true;
  nowMs = 0;
  /** Milliseconds that pass between two looks at the monotonic clock. */
  lookMs = 0;
  /** What the receiver put off to a later turn. */
  readonly deferred: (() => void)[] = [];
  #nextRef = 1;

  constructor(
    options: { twin?: boolean; identityBytesMax?: number; inflightBytesMax?: number } = {},
  ) {
    const limits = { pagesInitial: 64, pagesMax: 65_536 };
    const kernels =
      options.twin === true ? instantiateTwins(limits) : instantiateKernels(MODULE, limits);
    const bodyBytesMax = 1 << 20;
    const decodedBytesMax = 4 << 20;
    this.receiver = new Receiver({
      decoder: new KernelBodyDecoder({
        kernels,
        bodyBytesMax,
        decodedBytesMax,
        identityBytesMax: options.identityBytesMax ?? 8 << 20,
        seed: [1, 2],
      }),
      router: {
        hasRoom: () => this.hasRoom,
        send: (token, _log, slice) => {
          const { batches } = copied(token, slice);
          this.#answers.set(token, { open: batches.length, shards: [] });
          for (const batch of batches) this.sent.push({ token, batch });
        },
      },
      clock: { wallMs: () => this.nowMs, monoMs: () => (this.nowMs += this.lookMs) },
      defer: (run) => this.deferred.push(run),
      shardLogs: new Uint16Array(RIG_SHARDS).map((_, shard) => shard % RIG_LOGS),
      placement: { seed: [0, 0], lanes: 4 },
      bodyBytesMax,
      decodedBytesMax,
      inflightBytesMax: options.inflightBytesMax ?? 64 << 20,
      deadlineMs: 1000,
    });
  }

  submit(
    body: Uint8Array,
    encoding: BodyEncoding = "snappy",
    sender = "a",
    format: BodyFormat = "remote-write-1",
  ): Promise<BodyVerdict> {
    const options = { tenant: tenantId(0), format, encoding, sender };
    const sink = this.receiver.open(options, body.length);
    if (sink === null) throw new Error("no room");
    // In two chunks, as bodies come from a socket.
    const half = body.length >> 1;
    sink.write(body.subarray(0, half));
    sink.write(body.subarray(half));
    return sink.submit();
  }

  /** Answers a batch as its shard would: all written, unless `change` says otherwise. */
  answer({ token, batch }: SentBatch, change: Partial<ShardReply> = {}): void {
    const answer = this.#answers.get(token)!;
    answer.shards.push({
      status: REPLY_DURABLE,
      generation: 1,
      shard: batch.shard,
      refs: Uint32Array.from({ length: batch.labelCount }, () => this.#nextRef++),
      writtenCount: batch.sampleCount,
      rejectedCount: 0,
      rejections: [],
      ...change,
    });
    if (answer.shards.length < answer.open) return;
    this.#answers.delete(token);
    this.receiver.answer({ token, writtenCount: 0, shards: answer.shards });
  }

  answerAll(change: Partial<ShardReply> = {}): void {
    for (const batch of this.sent.splice(0)) this.answer(batch, change);
  }
}

function copied(token: number, slice: AppendSlice): AppendFrame {
  const frame = new Uint8Array(appendFrameBytes(slice));
  encodeAppendFrame(frame, token, slice);
  return decodeAppendFrame(frame);
}
