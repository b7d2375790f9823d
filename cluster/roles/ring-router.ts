/**
 * Sends a receiver's slices to the worker that owns their log: a local one goes straight to its
 * actors, the others into that worker's request ring. `hasRoom` is asked once per slice, so `send`
 * never fails.
 */
import { assert, must } from "#base/assert.ts";
import type { ShardDriver } from "#cluster/shard/shard-driver.ts";
import type { RingProducer } from "#runtime/worker/ring-producer.ts";
import { appendFrameBytes, encodeAppendFrame } from "#storage/append-frame.ts";
import type { AppendSlice } from "#storage/append-slice.ts";
import { sliceBatches } from "#storage/packed-batch.ts";
import { SLICE_BYTES_MAX } from "#tsdb/receiver/batch-router.ts";
import type { BatchRouter } from "#tsdb/receiver/batch-router.ts";
import type { TrustedNow } from "#tsdb/trusted-now.ts";

/** A frame that does not fit before the end of the ring skips to its start: room for that too. */
const ROOM_BYTES = 2 * SLICE_BYTES_MAX;

export interface RingRouterOptions {
  readonly self: number;
  /** Owning worker of each log. */
  readonly logWorkers: Uint16Array;
  /** Indexed by log; null for those of other workers. */
  readonly drivers: readonly (ShardDriver | null)[];
  /** Indexed by worker; null for this one. */
  readonly rings: readonly (RingProducer | null)[];
  readonly trustedNow: TrustedNow;
  readonly forwarded: () => void;
}

export class RingRouter implements BatchRouter {
  readonly #options: RingRouterOptions;

  constructor(options: RingRouterOptions) {
    this.#options = options;
  }

  hasRoom(): boolean {
    for (const driver of this.#options.drivers) {
      if (driver !== null && !driver.hasRoom(ROOM_BYTES)) return false;
    }
    for (const ring of this.#options.rings) {
      if (ring !== null && ring.capacityBytes - ring.usedBytes < ROOM_BYTES) return false;
    }
    return true;
  }

  send(token: number, log: number, slice: AppendSlice): void {
    const { self, logWorkers, drivers, rings, trustedNow } = this.#options;
    const owner = logWorkers[log]!;
    if (owner === self) {
      const driver = must(drivers[log], `router: driver of log ${log}`);
      const delivered = driver.deliverAppend(self, token, sliceBatches(slice), trustedNow.nowMs());
      assert(delivered, () => `router: log ${log} is full after hasRoom`);
      return;
    }
    const ring = must(rings[owner], `router: ring to worker ${owner}`);
    const length = appendFrameBytes(slice);
    const offset = ring.reserve(length);
    assert(offset >= 0, () => `router: ring to worker ${owner} is full after hasRoom`);
    encodeAppendFrame(ring.bytes.subarray(offset, offset + length), token, slice);
    ring.commit(length);
    this.#options.forwarded();
  }
}
