/**
 * The shared memory of a node, allocated once by the main thread and handed to every thread: rings
 * between shard workers, rings to the log threads, durable positions, doorbells, counters, state.
 * Everything in here is plain data that survives structured cloning.
 */
import { allocateSharedCounters } from "#runtime/metrics/shared-counters.ts";
import { DOORBELL_BYTES } from "#runtime/worker/doorbell.ts";
import { allocateRing } from "#runtime/worker/spsc-ring.ts";
import { allocateLogChannel } from "#tsdb/wal/log-channel.ts";
import type { LogChannel } from "#tsdb/wal/log-channel.ts";
import { allocateScrubCounters } from "./jobs/scrub-counters.ts";
import { allocateKeeperCounters } from "./keeper/keeper-counters.ts";
import { NODE_COUNTERS } from "./node-counters.ts";
import { allocateTenantLimits } from "./tenant-limits.ts";

/** Two slices must fit (see `batch-router.ts`), twice over so that the ring keeps moving. */
const REQUEST_RING_BYTES: number = 4 * 1024 * 1024;
/** Answers are some tens of bytes, more only for new series. */
const REPLY_RING_BYTES: number = 1024 * 1024;
export interface NodeMemory {
  readonly workerCount: number;
  /** One per shard worker: it sleeps on this. */
  readonly bells: readonly SharedArrayBuffer[];
  /** `requests[from][to]`; null where from = to. */
  readonly requests: readonly (readonly (SharedArrayBuffer | null)[])[];
  readonly replies: readonly (readonly (SharedArrayBuffer | null)[])[];
  /** Indexed by log id. */
  readonly logs: readonly LogChannel[];
  readonly counters: SharedArrayBuffer;
  readonly keeperCounters: SharedArrayBuffer;
  /** One f64 per shard: the oldest manifest version that its shard worker reads. */
  readonly oldestInUse: SharedArrayBuffer;
  readonly scrubCounters: SharedArrayBuffer;
  /** One i32: 0 starting, 1 ready, 2 stopping. */
  readonly state: SharedArrayBuffer;
  /** One i32: tenants issued since the start. */
  readonly tenants: SharedArrayBuffer;
  readonly tenantLimits: SharedArrayBuffer;
}

export const NODE_STARTING = 0;
export const NODE_READY = 1;
export const NODE_STOPPING = 2;

export function allocateNodeMemory(
  workerCount: number,
  logCount: number,
  shardCount: number,
): NodeMemory {
  const indexes = Array.from({ length: workerCount }, (_, i) => i);
  const matrix = (bytes: number): (SharedArrayBuffer | null)[][] =>
    indexes.map((from) => indexes.map((to) => (from === to ? null : allocateRing(bytes))));
  return {
    workerCount,
    bells: indexes.map(() => new SharedArrayBuffer(DOORBELL_BYTES)),
    requests: matrix(REQUEST_RING_BYTES),
    replies: matrix(REPLY_RING_BYTES),
    logs: Array.from({ length: logCount }, () => allocateLogChannel()),
    counters: allocateSharedCounters(NODE_COUNTERS, workerCount),
    keeperCounters: allocateKeeperCounters(workerCount),
    oldestInUse: new SharedArrayBuffer(shardCount * Float64Array.BYTES_PER_ELEMENT),
    scrubCounters: allocateScrubCounters(),
    state: new SharedArrayBuffer(4),
    tenants: new SharedArrayBuffer(4),
    tenantLimits: allocateTenantLimits(),
  };
}
