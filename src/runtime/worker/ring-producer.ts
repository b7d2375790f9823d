/**
 * Writing end of a shared-memory ring (layout in `spsc-ring.ts`). Never blocks: a full ring makes
 * `tryWrite` return false and `reserve` return -1, and the caller parks its own work. Frames become
 * visible in commit order. Owned by one thread; hand the buffer, not this object, to another.
 */
import { assert } from "#base/assert.ts";
import { type Bell, Doorbell } from "./doorbell.ts";
import {
  FRAME_HEADER_BYTES,
  frameBytes,
  framePayloadBytesMax,
  RING_CAPACITY_WORD,
  RING_CLOSED_WORD,
  RING_DATA_BELL_OFFSET,
  RING_HEAD_WORD,
  RING_HEADER_BYTES,
  RING_ROOM_BELL_OFFSET,
  RING_TAIL_WORD,
  ringWords,
  WRAP_MARKER,
} from "./spsc-ring.ts";

/** Smaller rings are in the caches anyway; of these 3 MiB and more stay free, enough for any slice. */
const TURN_BACK_CAPACITY_MIN: number = 16 * 1024 * 1024;
/** Rings turn back behind this share of them, */
const TURN_BACK_SHARE = 1 / 4;
/** when no more than this share waits to be read: three sixteenths are left free. */
const TURN_BACK_UNREAD_SHARE = 1 / 16;

export class RingProducer {
  /** The ring's data area: write a reserved payload at the offset that `reserve` returned. */
  readonly bytes: Uint8Array;
  readonly capacityBytes: number;
  /** Largest payload this ring takes. */
  readonly payloadBytesMax: number;
  readonly #words: Int32Array;
  /** The data area as u32, for frame headers. */
  readonly #headers: Uint32Array;
  readonly #dataBell: Bell;
  readonly #roomBell: Doorbell;
  #tail: number;
  /** Last seen consumer position; reloaded only when the ring looks full. */
  #head: number;
  /** Payload bytes of the open reservation, or -1. */
  #reservedLength = -1;
  /** Bytes skipped to the end of the data area by the open reservation. */
  #reservedSkip = 0;

  /** `dataBell` replaces the ring's own bell when one consumer sleeps on several rings. */
  constructor(buffer: SharedArrayBuffer, dataBell?: Bell) {
    this.#words = ringWords(buffer);
    this.capacityBytes = this.#words[RING_CAPACITY_WORD]!;
    this.payloadBytesMax = framePayloadBytesMax(this.capacityBytes);
    this.bytes = new Uint8Array(buffer, RING_HEADER_BYTES, this.capacityBytes);
    this.#headers = new Uint32Array(buffer, RING_HEADER_BYTES, this.capacityBytes / 4);
    this.#dataBell = dataBell ?? new Doorbell(buffer, RING_DATA_BELL_OFFSET);
    this.#roomBell = new Doorbell(buffer, RING_ROOM_BELL_OFFSET);
    this.#tail = Atomics.load(this.#words, RING_TAIL_WORD);
    this.#head = Atomics.load(this.#words, RING_HEAD_WORD);
  }

  /**
   * Makes room for a payload of up to `length` bytes and returns its 8-aligned offset in `bytes`,
   * or -1 when the ring is full. A second call before `commit` replaces the first reservation.
   */
  reserve(length: number): number {
    assert(
      length >= 0 && length <= this.payloadBytesMax,
      () => `ring: got a payload of ${length} bytes, want at most ${this.payloadBytesMax}`,
    );
    assert(Atomics.load(this.#words, RING_CLOSED_WORD) === 0, "ring: reserve after close");
    const needed = frameBytes(length);
    const offset = this.#tail & (this.capacityBytes - 1);
    const toEnd = this.capacityBytes - offset;
    const skip = needed > toEnd || this.#turnsBack(offset, toEnd + needed) ? toEnd : 0;
    if (this.#free() < skip + needed) {
      this.#head = Atomics.load(this.#words, RING_HEAD_WORD);
      if (this.#free() < skip + needed) {
        this.#reservedLength = -1;
        return -1;
      }
    }
    this.#reservedLength = length;
    this.#reservedSkip = skip;
    return (skip === 0 ? offset : 0) + FRAME_HEADER_BYTES;
  }

  /** Publishes the reserved frame with its first `length` payload bytes. */
  commit(length: number, tag = 0): void {
    assert(
      this.#reservedLength >= length && length >= 0,
      () => `ring: commit of ${length} bytes, reserved ${this.#reservedLength}`,
    );
    if (this.#reservedSkip > 0) {
      this.#headers[(this.#tail & (this.capacityBytes - 1)) >>> 2] = WRAP_MARKER;
      this.#tail = (this.#tail + this.#reservedSkip) | 0;
    }
    const word = (this.#tail & (this.capacityBytes - 1)) >>> 2;
    this.#headers[word] = length;
    this.#headers[word + 1] = tag;
    this.#tail = (this.#tail + frameBytes(length)) | 0;
    this.#reservedLength = -1;
    Atomics.store(this.#words, RING_TAIL_WORD, this.#tail);
    this.#dataBell.ring();
  }

  /** Copies `payload` in as one frame; false when the ring is full. */
  tryWrite(payload: Uint8Array, tag = 0): boolean {
    const offset = this.reserve(payload.length);
    if (offset < 0) return false;
    this.bytes.set(payload, offset);
    this.commit(payload.length, tag);
    return true;
  }

  /**
   * Resolves once a payload of `length` bytes fits; false after `timeoutMs` without room. For
   * event-loop threads. The consumer rings on `release`, so one waiter per ring.
   */
  async whenRoom(length: number, timeoutMs: number): Promise<boolean> {
    while (this.reserve(length) < 0) {
      this.#roomBell.arm();
      if (this.reserve(length) >= 0) {
        this.#roomBell.disarm();
        break;
      }
      if (!(await this.#roomBell.waitAsync(timeoutMs))) return this.reserve(length) >= 0;
    }
    return true;
  }

  /** As `whenRoom`, blocking. For dedicated threads only. */
  waitForRoom(length: number, timeoutMs: number): boolean {
    while (this.reserve(length) < 0) {
      this.#roomBell.arm();
      if (this.reserve(length) >= 0) {
        this.#roomBell.disarm();
        break;
      }
      if (!this.#roomBell.wait(timeoutMs)) return this.reserve(length) >= 0;
    }
    return true;
  }

  /** Bytes between the consumer's released position and the last commit. */
  get usedBytes(): number {
    this.#head = Atomics.load(this.#words, RING_HEAD_WORD);
    return this.capacityBytes - this.#free();
  }

  /** Wakes a sleeping consumer without a frame, so that it looks at something else. */
  wakeConsumer(): void {
    this.#dataBell.ring();
  }

  /** No frame follows. The consumer reads what is left and then sees `ended`. */
  close(): void {
    Atomics.store(this.#words, RING_CLOSED_WORD, 1);
    this.#dataBell.ring();
  }

  /**
   * True when the frame goes to the start of the data area though it would fit where the tail is. A
   * large ring is for the worst case; usually little of it is in use, and then the same part of it
   * is used again and again: memory that was never touched costs a page fault, other memory the
   * caches. What is left free is the part before the consumer.
   */
  #turnsBack(offset: number, needed: number): boolean {
    const { capacityBytes } = this;
    if (capacityBytes < TURN_BACK_CAPACITY_MIN || offset < capacityBytes * TURN_BACK_SHARE) {
      return false;
    }
    this.#head = Atomics.load(this.#words, RING_HEAD_WORD);
    const unread = capacityBytes - this.#free();
    return unread <= capacityBytes * TURN_BACK_UNREAD_SHARE && this.#free() >= needed;
  }

  #free(): number {
    return this.capacityBytes - ((this.#tail - this.#head) >>> 0);
  }
}
