/**
 * The write door of the edge thread: chunks of a body go into shared slots, and the full body is
 * handed to a shard worker chosen by hash(tenant, sender), or to the least loaded one when that
 * worker is far behind. Correctness and memory bounds do not depend on the choice.
 */
import { must } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { RingConsumer } from "#runtime/worker/ring-consumer.ts";
import { RingProducer } from "#runtime/worker/ring-producer.ts";
import { Slots } from "#runtime/worker/slots.ts";
import type { BodyAppender, BodyOptions, BodySink, BodyVerdict } from "#storage/body-appender.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";
import { decodeAnswer } from "./answer-frame.ts";
import { encodeBodyFrame } from "./body-frame.ts";
import { SlotSink } from "./slot-sink.ts";
import { EDGE_OWNER, workerOwner } from "./slot-memory.ts";
import type { SlotMemory } from "./slot-memory.ts";

/** A worker this many bodies ahead of the idlest one gets no more while that lasts. */
const LEAD_MAX = 8;

interface WaitingBody {
  readonly worker: number;
  readonly resolve: (verdict: BodyVerdict) => void;
  readonly reject: (error: Error) => void;
}

export interface SlotAppenderLimits {
  readonly bodyBytesMax: number;
  readonly decodedBytesMax: number;
}

export class SlotAppender implements BodyAppender {
  readonly bodyBytesMax: number;
  readonly decodedBytesMax: number;
  readonly #slots: Slots;
  readonly #bodies: readonly RingProducer[];
  readonly #answers: readonly RingConsumer[];
  readonly #openCounts: number[];
  readonly #waiting = new Map<number, WaitingBody>();
  readonly #senders = new Map<string, number>();
  #nextToken = 1;

  constructor(memory: SlotMemory, limits: SlotAppenderLimits) {
    this.bodyBytesMax = limits.bodyBytesMax;
    this.decodedBytesMax = limits.decodedBytesMax;
    this.#slots = new Slots(memory.slots, EDGE_OWNER);
    this.#bodies = memory.bodies.map((ring) => new RingProducer(ring));
    this.#answers = memory.answers.map((ring) => new RingConsumer(ring));
    this.#openCounts = memory.bodies.map(() => 0);
  }

  open(options: BodyOptions, declaredBytes: number): BodySink | null {
    const sink = new SlotSink(this.#slots, this.bodyBytesMax, (slots, length) =>
      this.#send(options, slots, length),
    );
    return sink.reserve(Math.min(declaredBytes, this.bodyBytesMax)) ? sink : null;
  }

  /** Takes answers as they come; one call per worker, never returns. */
  async followAnswers(worker: number, nextTurn: () => Promise<void>): Promise<never> {
    const ring = must(this.#answers[worker], `answers of worker ${worker}`);
    for (;;) {
      for (let frame = ring.read(); frame !== null; frame = ring.read()) this.#settle(frame);
      ring.release();
      await nextTurn();
      await ring.waitAsync(1000);
    }
  }

  #settle(frame: Uint8Array): void {
    const { token, outcome } = decodeAnswer(frame);
    const body = must(this.#waiting.get(token), `body ${token}`);
    this.#waiting.delete(token);
    this.#openCounts[body.worker]!--;
    if (outcome instanceof Error) body.reject(outcome);
    else body.resolve(outcome);
  }

  #send(options: BodyOptions, slots: readonly number[], length: number): Promise<BodyVerdict> {
    const { tenant, encoding } = options;
    const sender = this.#senderOf(options.sender);
    const worker = this.#choose(tenant, sender);
    const token = this.#nextToken;
    this.#nextToken = (token + 1) >>> 0;
    for (const slot of slots) this.#slots.handOver(slot, workerOwner(worker));
    const frame = encodeBodyFrame({ token, length, tenant, encoding, sender, slots });
    if (!must(this.#bodies[worker], `ring to worker ${worker}`).tryWrite(frame)) {
      throw new EngineError(OVERLOADED, `cannot accept the body: worker ${worker} is behind`);
    }
    this.#openCounts[worker]!++;
    return new Promise((resolve, reject) => this.#waiting.set(token, { worker, resolve, reject }));
  }

  #senderOf(text: string): number {
    const known = this.#senders.get(text);
    if (known !== undefined) return known;
    this.#senders.set(text, this.#senders.size);
    return this.#senders.size - 1;
  }

  #choose(tenant: number, sender: number): number {
    const counts = this.#openCounts;
    // Fibonacci hashing; the high bits are the good ones.
    const hash = Math.imul(tenant + 31 * sender, 0x9e37_79b1) >>> 16;
    const chosen = hash % counts.length;
    const least = counts.indexOf(Math.min(...counts));
    return counts[chosen]! - counts[least]! >= LEAD_MAX ? least : chosen;
  }
}
