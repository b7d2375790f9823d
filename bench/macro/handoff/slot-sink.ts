/**
 * A body being received into slots. They are given away by `submit`, or freed by `abort`; a body
 * that finds no more slots is read to its end, but not kept.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import type { Slots } from "#runtime/worker/slots.ts";
import type { BodySink, BodyVerdict } from "#storage/body-appender.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";

export class SlotSink implements BodySink {
  readonly #slots: Slots;
  readonly #bytesMax: number;
  readonly #send: (slots: readonly number[], length: number) => Promise<BodyVerdict>;
  #taken: number[] = [];
  #length = 0;
  #starved = false;

  constructor(
    slots: Slots,
    bytesMax: number,
    send: (slots: readonly number[], length: number) => Promise<BodyVerdict>,
  ) {
    this.#slots = slots;
    this.#bytesMax = bytesMax;
    this.#send = send;
  }

  /** False, and nothing is held, when there are not enough slots for `bytes`. */
  reserve(bytes: number): boolean {
    const count = Math.max(1, Math.ceil(bytes / this.#slots.slotBytes));
    while (this.#taken.length < count) {
      const slot = this.#slots.acquire();
      if (slot < 0) {
        this.abort();
        return false;
      }
      this.#taken.push(slot);
    }
    return true;
  }

  write(chunk: Uint8Array): boolean {
    const { slotBytes } = this.#slots;
    if (this.#length + chunk.length > this.#bytesMax) return false;
    if (this.#starved || !this.reserve(this.#length + chunk.length)) {
      this.#starved = true;
      return true;
    }
    for (let from = 0; from < chunk.length;) {
      const at = this.#length % slotBytes;
      const count = Math.min(chunk.length - from, slotBytes - at);
      const slot = this.#slots.bytes(this.#taken[Math.floor(this.#length / slotBytes)]!);
      slot.set(count === chunk.length ? chunk : chunk.subarray(from, from + count), at);
      from += count;
      this.#length += count;
    }
    return true;
  }

  async submit(): Promise<BodyVerdict> {
    if (this.#starved) throw new EngineError(OVERLOADED, "cannot accept the body: no slot is free");
    assert(this.#taken.length > 0, "slot sink: submitted twice");
    const slots = this.#taken;
    this.#taken = [];
    return this.#send(slots, this.#length);
  }

  abort(): void {
    for (const slot of this.#taken) this.#slots.release(slot);
    this.#taken = [];
  }
}
