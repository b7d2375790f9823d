/**
 * Reading end of a shared-memory ring (layout in `spsc-ring.ts`). `next` and `read` walk over
 * committed frames without giving their space back; `release` does that for all frames read so far
 * and `releaseTo` for those up to a noted `position`. A payload view is valid until its frame is
 * released: afterwards the producer overwrites it. Owned by one thread.
 */
import { assert } from "#base/assert.ts";
import { Doorbell } from "./doorbell.ts";
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

export class RingConsumer {
  /** The ring's data area: the current payload is `frameLength` bytes at `frameOffset`. */
  readonly bytes: Uint8Array;
  readonly capacityBytes: number;
  frameOffset = 0;
  frameLength = 0;
  frameTag = 0;
  readonly #words: Int32Array;
  readonly #headers: Uint32Array;
  readonly #dataBell: Doorbell;
  readonly #roomBell: Doorbell;
  /** Position after the last frame read, and the position released to the producer. */
  #cursor: number;
  #released: number;
  /** Last seen producer position; reloaded only when the ring looks empty. */
  #tail: number;

  /** `dataBell` replaces the ring's own bell when this thread sleeps on several rings. */
  constructor(buffer: SharedArrayBuffer, dataBell?: Doorbell) {
    this.#words = ringWords(buffer);
    this.capacityBytes = this.#words[RING_CAPACITY_WORD]!;
    this.bytes = new Uint8Array(buffer, RING_HEADER_BYTES, this.capacityBytes);
    this.#headers = new Uint32Array(buffer, RING_HEADER_BYTES, this.capacityBytes / 4);
    this.#dataBell = dataBell ?? new Doorbell(buffer, RING_DATA_BELL_OFFSET);
    this.#roomBell = new Doorbell(buffer, RING_ROOM_BELL_OFFSET);
    this.#cursor = Atomics.load(this.#words, RING_HEAD_WORD);
    this.#released = this.#cursor;
    this.#tail = this.#cursor;
  }

  /** Steps to the next frame and fills `frameOffset`, `frameLength`, `frameTag`. */
  next(): boolean {
    if (!this.hasFrame()) return false;
    let offset = this.#cursor & (this.capacityBytes - 1);
    if (this.#headers[offset >>> 2] === WRAP_MARKER) {
      this.#cursor = (this.#cursor + this.capacityBytes - offset) | 0;
      offset = 0;
    }
    const length = this.#headers[offset >>> 2]!;
    assert(
      length <= framePayloadBytesMax(this.capacityBytes),
      () => `ring: read a frame of ${length} bytes at ${offset} of ${this.capacityBytes}`,
    );
    this.frameOffset = offset + FRAME_HEADER_BYTES;
    this.frameLength = length;
    this.frameTag = this.#headers[(offset >>> 2) + 1]!;
    this.#cursor = (this.#cursor + frameBytes(length)) | 0;
    return true;
  }

  /** As `next`, returning a view of the payload, or null when no frame waits. */
  read(): Uint8Array | null {
    if (!this.next()) return null;
    return this.bytes.subarray(this.frameOffset, this.frameOffset + this.frameLength);
  }

  hasFrame(): boolean {
    if (this.#cursor !== this.#tail) return true;
    this.#tail = Atomics.load(this.#words, RING_TAIL_WORD);
    return this.#cursor !== this.#tail;
  }

  /** Bytes that wait to be read, frame headers included. */
  get waitingBytes(): number {
    this.#tail = Atomics.load(this.#words, RING_TAIL_WORD);
    return (this.#tail - this.#cursor) >>> 0;
  }

  /** Mark for `releaseTo`: everything read so far. Opaque; a u32 that wraps. */
  get position(): number {
    return this.#cursor >>> 0;
  }

  /** Gives the space of all frames read so far back to the producer. */
  release(): void {
    this.releaseTo(this.position);
  }

  /** Gives back the frames read before `position` was taken. Positions only move forward. */
  releaseTo(position: number): void {
    const released = this.#released >>> 0;
    assert(
      (position - released) >>> 0 <= (this.#cursor - released) >>> 0,
      () => `ring: release to ${position}, want between ${released} and ${this.position}`,
    );
    if (position === released) return;
    this.#released = position | 0;
    Atomics.store(this.#words, RING_HEAD_WORD, this.#released);
    this.#roomBell.ring();
  }

  /** True once the producer has closed and every frame was read. */
  get ended(): boolean {
    // Order matters: closed is read first, so a frame committed before the close is not missed.
    const closed = Atomics.load(this.#words, RING_CLOSED_WORD) !== 0;
    return closed && !this.hasFrame();
  }

  /** Blocks until a frame waits (true), or the ring ended, was woken or timed out. */
  wait(timeoutMs: number): boolean {
    if (this.hasFrame()) return true;
    this.#dataBell.arm();
    if (this.hasFrame() || this.ended) this.#dataBell.disarm();
    else this.#dataBell.wait(timeoutMs);
    return this.hasFrame();
  }

  /** As `wait`, for event-loop threads. */
  async waitAsync(timeoutMs: number): Promise<boolean> {
    if (this.hasFrame()) return true;
    this.#dataBell.arm();
    if (this.hasFrame() || this.ended) this.#dataBell.disarm();
    else await this.#dataBell.waitAsync(timeoutMs);
    return this.hasFrame();
  }
}
