/**
 * Sends a receiver's batches to the worker that owns their shard: a local one goes straight to its
 * actor, the others into that worker's request ring. `hasRoom` is asked once per slice, so `send`
 * never fails.
 */
import { assert, must } from "#base/assert.ts";
import type { ShardDriver } from "#cluster/shard/shard-driver.ts";
import type { ShardId } from "#model/refs.ts";
import type { RingProducer } from "#runtime/worker/ring-producer.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import { appendFrameBytes, encodeAppendFrame } from "#storage/append-frame.ts";
import { SLICE_BYTES_MAX } from "#tsdb/receiver/batch-router.ts";
import type { BatchRouter } from "#tsdb/receiver/batch-router.ts";
import type { TrustedNow } from "#tsdb/trusted-now.ts";

/** A frame that does not fit before the end of the ring skips to its start: room for that too. */
const ROOM_BYTES = 2 * SLICE_BYTES_MAX;

export interface RingRouterOptions {
  readonly self: number;
  /** Owning worker of each shard. */
  readonly owners: Uint16Array;
  /** The driver of a shard of this worker. */
  readonly driverOf: (shard: ShardId) => ShardDriver;
  readonly drivers: readonly ShardDriver[];
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
      if (!driver.hasRoom(ROOM_BYTES)) return false;
    }
    for (const ring of this.#options.rings) {
      if (ring !== null && ring.capacityBytes - ring.usedBytes < ROOM_BYTES) return false;
    }
    return true;
  }

  send(token: number, batch: AppendBatch): void {
    const { self, owners, driverOf, rings, trustedNow } = this.#options;
    const owner = owners[batch.shard]!;
    if (owner === self) {
      const driver = driverOf(batch.shard);
      const delivered = driver.deliverAppend(self, token, batch, trustedNow.nowMs());
      assert(delivered, () => `router: log of shard ${batch.shard} is full after hasRoom`);
      return;
    }
    const ring = must(rings[owner], `router: ring to worker ${owner}`);
    const length = appendFrameBytes(batch);
    const offset = ring.reserve(length);
    assert(offset >= 0, () => `router: ring to worker ${owner} is full after hasRoom`);
    encodeAppendFrame(ring.bytes.subarray(offset, offset + length), token, batch);
    ring.commit(length);
    this.#options.forwarded();
  }
}
