/** The shared memory of the slot variant: slots for bodies, a ring each way per shard worker. */
import { allocateSlots } from "#runtime/worker/slots.ts";
import { allocateRing } from "#runtime/worker/spsc-ring.ts";

/** A body of 2,000 samples fits one. Few slots stay in the cache, as the pooled buffers do. */
const SLOT_BYTES: number = 64 * 1024;
const SLOT_COUNT = 64;
/** Frames are some tens of bytes; every slot may be a frame of its own. */
const RING_BYTES: number = 64 * 1024;

/** Owner ids in the slots: 0 means free. */
export const EDGE_OWNER = 1;

export interface SlotMemory {
  readonly slots: SharedArrayBuffer;
  /** Edge to worker, indexed by worker. */
  readonly bodies: readonly SharedArrayBuffer[];
  /** Worker to edge, indexed by worker. */
  readonly answers: readonly SharedArrayBuffer[];
}

export function workerOwner(worker: number): number {
  return EDGE_OWNER + 1 + worker;
}

export function allocateSlotMemory(workerCount: number): SlotMemory {
  const rings = (): SharedArrayBuffer[] =>
    Array.from({ length: workerCount }, () => allocateRing(RING_BYTES));
  return { slots: allocateSlots(SLOT_COUNT, SLOT_BYTES), bodies: rings(), answers: rings() };
}
