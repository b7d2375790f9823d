/**
 * A receiver over the shipped kernels with a router that keeps what it is sent: the test decides
 * when and how each batch is answered. Frames go through their codec, as between real workers.
 */
import { GYRE_MODULE_URL, instantiateKernels, kernelModule } from "#kernels/kernel-instance.ts";
import { instantiateTwins } from "#kernels/twin-instance.ts";
import { loadKernels } from "#runtime/node/load-kernels.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import { appendFrameBytes, decodeAppendFrame, encodeAppendFrame } from "#storage/append-frame.ts";
import type { AppendFrame } from "#storage/append-frame.ts";
import { REPLY_DURABLE } from "#storage/append-reply.ts";
import type { AppendReply } from "#storage/append-reply.ts";
import type { BodyEncoding, BodyFormat, BodyVerdict } from "#storage/body-appender.ts";
import { tenantId } from "#model/refs.ts";
import { KernelBodyDecoder } from "#tsdb/receiver/kernel-body-decoder.ts";
import { Receiver } from "#tsdb/receiver/receiver.ts";

export const RIG_SHARDS = 8;
const MODULE = kernelModule(loadKernels(GYRE_MODULE_URL));

export class ReceiverRig {
  readonly sent: AppendFrame[] = [];
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
        send: (token, batch) => this.sent.push(copied(token, batch)),
      },
      clock: { wallMs: () => this.nowMs, monoMs: () => (this.nowMs += this.lookMs) },
      defer: (run) => this.deferred.push(run),
      shardCount: RIG_SHARDS,
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

  /** Answers a frame as its shard would: all written, unless `change` says otherwise. */
  answer({ token, batch }: AppendFrame, change: Partial<AppendReply> = {}): void {
    this.receiver.answer({
      token,
      status: REPLY_DURABLE,
      generation: 1,
      shard: batch.shard,
      refs: Uint32Array.from({ length: batch.labelCount }, () => this.#nextRef++),
      writtenCount: batch.sampleCount,
      rejectedCount: 0,
      rejections: [],
      ...change,
    });
  }

  answerAll(change: Partial<AppendReply> = {}): void {
    for (const frame of this.sent.splice(0)) this.answer(frame, change);
  }
}

function copied(token: number, batch: AppendBatch): AppendFrame {
  const frame = new Uint8Array(appendFrameBytes(batch));
  encodeAppendFrame(frame, token, batch);
  return decodeAppendFrame(frame);
}
