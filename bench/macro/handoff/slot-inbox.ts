/**
 * Bodies from the edge, at their shard worker: each goes to the receiver, which reads it in its
 * slots, and is answered once; then its slots are free again.
 */
import { must } from "#base/assert.ts";
import { BoundedQueue } from "#base/collections/bounded-queue.ts";
import { RingConsumer } from "#runtime/worker/ring-consumer.ts";
import { RingProducer } from "#runtime/worker/ring-producer.ts";
import type { Slots } from "#runtime/worker/slots.ts";
import { EngineError } from "#base/engine-error.ts";
import type { BodyAppender } from "#storage/body-appender.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";
import { encodeFailure, encodeVerdict } from "./answer-frame.ts";
import { decodeBodyFrame } from "./body-frame.ts";
import type { SlotMemory } from "./slot-memory.ts";

/** More than there are slots cannot wait. */
const UNSENT_MAX = 4096;
const BACKLOG_WAIT_MS = 2;
const IDLE_WAIT_MS = 1000;

export class SlotInbox {
  readonly #bodies: RingConsumer;
  readonly #answers: RingProducer;
  readonly #slots: Slots;
  readonly #receiver: BodyAppender;
  readonly #unsent = new BoundedQueue<Uint8Array>(UNSENT_MAX);

  constructor(memory: SlotMemory, worker: number, slots: Slots, receiver: BodyAppender) {
    this.#bodies = new RingConsumer(must(memory.bodies[worker], "ring of bodies"));
    this.#answers = new RingProducer(must(memory.answers[worker], "ring of answers"));
    this.#slots = slots;
    this.#receiver = receiver;
  }

  async follow(nextTurn: () => Promise<void>): Promise<never> {
    for (;;) {
      for (let frame = this.#bodies.read(); frame !== null; frame = this.#bodies.read()) {
        void this.#take(frame);
      }
      this.#bodies.release();
      this.#flush();
      await nextTurn();
      await this.#bodies.waitAsync(this.#unsent.size > 0 ? BACKLOG_WAIT_MS : IDLE_WAIT_MS);
    }
  }

  /** Copies the frame before its first await; the ring may overwrite it after that. */
  async #take(frame: Uint8Array): Promise<void> {
    const { token, tenant, encoding, sender, slots } = decodeBodyFrame(frame);
    const options = { tenant, encoding, format: "remote-write-1", sender: `${sender}` } as const;
    try {
      const sink = this.#receiver.open(options, frame.length);
      if (sink === null) throw new EngineError(OVERLOADED, "cannot accept the body: no memory");
      sink.write(frame);
      this.#answer(encodeVerdict(token, await sink.submit()));
    } catch (error) {
      this.#answer(encodeFailure(token, error));
    } finally {
      for (const slot of slots) this.#slots.release(slot);
    }
  }

  #answer(frame: Uint8Array): void {
    if (this.#unsent.size === 0 && this.#answers.tryWrite(frame)) return;
    must(this.#unsent.push(frame) || null, "slot inbox: room for an answer");
  }

  #flush(): void {
    for (let frame = this.#unsent.peek(); frame !== undefined; frame = this.#unsent.peek()) {
      if (!this.#answers.tryWrite(frame)) return;
      this.#unsent.shift();
    }
  }
}
