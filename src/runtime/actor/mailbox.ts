/**
 * The queue in front of one actor, bounded in bytes: a full mailbox answers "busy" and the sender
 * decides (park, 503, drop). What the driver itself brings (timers, disk outcomes) is always taken:
 * it is bounded by the effects in flight, and refusing it would lose the outcome of work done.
 */
import { assert } from "#base/assert.ts";
import { BoundedQueue } from "#base/collections/bounded-queue.ts";

/** Even messages that weigh nothing cost memory; a longer queue is a stuck actor. */
const MESSAGES_MAX = 1 << 20;

export type Offer = "accepted" | "busy";

interface Envelope<Message> {
  readonly message: Message;
  readonly bytes: number;
}

export class Mailbox<Message> {
  readonly bytesMax: number;
  readonly #queue = new BoundedQueue<Envelope<Message>>(MESSAGES_MAX);
  #usedBytes = 0;

  constructor(bytesMax: number) {
    assert(bytesMax > 0, () => `mailbox: got a limit of ${bytesMax} bytes`);
    this.bytesMax = bytesMax;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  get count(): number {
    return this.#queue.size;
  }

  /** A message larger than the whole mailbox is accepted when it is empty, else it never could. */
  offer(message: Message, bytes: number): Offer {
    assert(bytes >= 0, () => `mailbox: got a message of ${bytes} bytes`);
    const fits = this.#usedBytes + bytes <= this.bytesMax || this.#queue.size === 0;
    if (!fits || !this.#queue.push({ message, bytes })) return "busy";
    this.#usedBytes += bytes;
    return "accepted";
  }

  /** For the driver's own messages; see above. */
  force(message: Message): void {
    assert(this.#queue.push({ message, bytes: 0 }), "mailbox: too many messages of the driver");
  }

  /** The next message, or undefined. Its bytes are free again. */
  take(): Message | undefined {
    const envelope = this.#queue.shift();
    if (envelope === undefined) return undefined;
    this.#usedBytes -= envelope.bytes;
    return envelope.message;
  }
}
