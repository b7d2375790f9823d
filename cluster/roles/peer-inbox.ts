/**
 * What other workers of this node send: slices for logs owned here, and answers to slices sent
 * from here. Slices that find the log full stay in their ring (nothing behind them overtakes), so
 * backpressure reaches the sender without any queue of ours.
 */
import type { ShardDriver } from "#cluster/shard/shard-driver.ts";
import type { ShardId } from "#model/refs.ts";
import type { RingConsumer } from "#runtime/worker/ring-consumer.ts";
import type { RingProducer } from "#runtime/worker/ring-producer.ts";
import { BoundedQueue } from "#base/collections/bounded-queue.ts";
import { must } from "#base/assert.ts";
import { decodeAppendFrame } from "#storage/append-frame.ts";
import type { AppendFrame } from "#storage/append-frame.ts";
import { decodeAppendReply, encodeAppendReply } from "#storage/append-reply.ts";
import type { AppendReply } from "#storage/append-reply.ts";
import type { TrustedNow } from "#tsdb/trusted-now.ts";

/** Answers outlive a full reply ring here; each belongs to a frame, so rings bound them too. */
const UNSENT_REPLIES_MAX = 1_000_000;

export interface PeerInboxOptions {
  readonly peer: number;
  readonly requests: RingConsumer;
  readonly replies: RingConsumer;
  /** Answers to the peer. */
  readonly outgoing: RingProducer;
  readonly driverOf: (shard: ShardId) => ShardDriver;
  readonly trustedNow: TrustedNow;
  readonly answered: (reply: AppendReply) => void;
}

export class PeerInbox {
  readonly #options: PeerInboxOptions;
  readonly #unsent = new BoundedQueue<Uint8Array>(UNSENT_REPLIES_MAX);
  /** Read from the ring but not yet accepted by its shard's log. */
  #stalled: AppendFrame | null = null;

  constructor(options: PeerInboxOptions) {
    this.#options = options;
  }

  /** Works off what has arrived; true when anything moved. */
  drain(): boolean {
    const answers = this.#drainReplies();
    const batches = this.#drainRequests();
    const sent = this.#flush();
    return answers || batches || sent;
  }

  /** True when `drain` could do something now that it could not when it last returned. */
  hasArrivals(): boolean {
    const { requests, replies } = this.#options;
    return replies.hasFrame() || (this.#stalled === null && requests.hasFrame());
  }

  /** True while answers wait for room in the peer's ring. */
  get hasBacklog(): boolean {
    return this.#unsent.size > 0;
  }

  reply(reply: AppendReply): void {
    const frame = encodeAppendReply(reply);
    if (this.#unsent.size === 0 && this.#options.outgoing.tryWrite(frame)) return;
    must(this.#unsent.push(frame) || null, "peer inbox: room for an answer");
  }

  #drainReplies(): boolean {
    const { replies, answered } = this.#options;
    let moved = false;
    for (let frame = replies.read(); frame !== null; frame = replies.read()) {
      answered(decodeAppendReply(frame));
      moved = true;
    }
    if (moved) replies.release();
    return moved;
  }

  #drainRequests(): boolean {
    const { requests, driverOf, trustedNow, peer } = this.#options;
    let moved = false;
    for (;;) {
      if (this.#stalled === null) {
        const frame = requests.read();
        if (frame === null) return moved;
        this.#stalled = decodeAppendFrame(frame);
      }
      const { token, batches } = this.#stalled;
      // All of them are of one log.
      const driver = driverOf(batches[0]!.shard);
      if (!driver.deliverAppend(peer, token, batches, trustedNow.nowMs())) return moved;
      this.#stalled = null;
      requests.release();
      moved = true;
    }
  }

  #flush(): boolean {
    let moved = false;
    for (let frame = this.#unsent.peek(); frame !== undefined; frame = this.#unsent.peek()) {
      if (!this.#options.outgoing.tryWrite(frame)) return moved;
      this.#unsent.shift();
      moved = true;
    }
    return moved;
  }
}
