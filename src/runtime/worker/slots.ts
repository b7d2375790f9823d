/**
 * A fixed number of equal buffers in shared memory that threads pass around by number: request
 * bodies, frames between nodes. Each slot has an owner word: 0 = free, else the id of the thread
 * that may touch it. Taking a slot is one compare-exchange on that word, so there is no free list
 * that a dying thread could break, and a dead thread's slots are found by its id.
 *
 *   count u32 │ slot bytes u32 │ event count 8 B │ up to 64 B │ owner u32 x count │ slots
 */
import { assert } from "#base/assert.ts";
import { EventCount } from "./event-count.ts";

/** A scan for a free slot stays short, and an owner table stays within a few pages. */
export const SLOTS_MAX = 4096;

const HEADER_BYTES = 64;
const EVENT_OFFSET = 8;
const FREE = 0;

/** Allocates free slots. `slotBytes` is a multiple of 8, so columns in slots are aligned. */
export function allocateSlots(count: number, slotBytes: number): SharedArrayBuffer {
  assert(
    Number.isInteger(count) && count >= 1 && count <= SLOTS_MAX,
    () => `slots: got count ${count}, want 1 to ${SLOTS_MAX}`,
  );
  assert(
    slotBytes >= 8 && slotBytes % 8 === 0,
    () => `slots: got ${slotBytes} bytes per slot, want a multiple of 8`,
  );
  const buffer = new SharedArrayBuffer(dataOffset(count) + count * slotBytes);
  new Uint32Array(buffer, 0, 2).set([count, slotBytes]);
  return buffer;
}

export class Slots {
  readonly count: number;
  readonly slotBytes: number;
  /** Id of this thread in the owner words; positive, unique among the threads of the process. */
  readonly #owner: number;
  readonly #owners: Int32Array;
  readonly #views: readonly Uint8Array[];
  readonly #freed: EventCount;
  /** Where the next scan starts: behind the slot taken last. */
  #hint = 0;

  constructor(buffer: SharedArrayBuffer, owner: number) {
    assert(owner > 0 && owner < 2 ** 31, () => `slots: got owner ${owner}, want a positive i32`);
    const [count, slotBytes] = new Uint32Array(buffer, 0, 2);
    this.count = count!;
    this.slotBytes = slotBytes!;
    this.#owner = owner;
    this.#owners = new Int32Array(buffer, HEADER_BYTES, this.count);
    this.#freed = new EventCount(buffer, EVENT_OFFSET);
    const start = dataOffset(this.count);
    this.#views = Array.from(
      { length: this.count },
      (_, slot) => new Uint8Array(buffer, start + slot * this.slotBytes, this.slotBytes),
    );
  }

  /** Takes a free slot; -1 when there is none. Its old content is still there. */
  acquire(): number {
    for (let step = 0; step < this.count; step++) {
      const slot = (this.#hint + step) % this.count;
      if (Atomics.load(this.#owners, slot) !== FREE) continue;
      if (Atomics.compareExchange(this.#owners, slot, FREE, this.#owner) === FREE) {
        this.#hint = slot + 1;
        return slot;
      }
    }
    return -1;
  }

  /** The whole slot; only its owner may ask. */
  bytes(slot: number): Uint8Array {
    this.#assertOwned(slot);
    return this.#views[slot]!;
  }

  /** Passes an owned slot to thread `to`. Call it before the message that carries the number. */
  handOver(slot: number, to: number): void {
    this.#assertOwned(slot);
    assert(to > 0, () => `slots: got owner ${to}, want a positive one`);
    Atomics.store(this.#owners, slot, to);
  }

  release(slot: number): void {
    this.#assertOwned(slot);
    Atomics.store(this.#owners, slot, FREE);
    this.#freed.signal();
  }

  /** Frees every slot of a thread that is gone; returns how many. */
  reclaim(owner: number): number {
    let freed = 0;
    for (let slot = 0; slot < this.count; slot++) {
      if (Atomics.compareExchange(this.#owners, slot, owner, FREE) === owner) freed += 1;
    }
    if (freed > 0) this.#freed.signal();
    return freed;
  }

  /** Slots in use by anybody, for metrics. */
  get usedCount(): number {
    let used = 0;
    for (let slot = 0; slot < this.count; slot++) {
      if (Atomics.load(this.#owners, slot) !== FREE) used += 1;
    }
    return used;
  }

  /** As `acquire`, waiting for a release; -1 when none came for `timeoutMs`. */
  async acquireAsync(timeoutMs: number): Promise<number> {
    for (;;) {
      const ticket = this.#freed.ticket();
      const slot = this.acquire();
      if (slot >= 0) return slot;
      if (!(await this.#freed.waitAsync(ticket, timeoutMs))) return this.acquire();
    }
  }

  #assertOwned(slot: number): void {
    const owner = slot >= 0 && slot < this.count ? Atomics.load(this.#owners, slot) : -1;
    assert(owner === this.#owner, () => `slots: ${this.#owner} uses slot ${slot} of ${owner}`);
  }
}

function dataOffset(count: number): number {
  return (HEADER_BYTES + count * 4 + 63) & ~63;
}
