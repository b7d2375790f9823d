/**
 * The receiver of a shard worker with its own kernel memory and the limits of the configuration.
 * How much it may remember of the series it has seen follows from the budget of the heads.
 */
import { instantiateKernels } from "#kernels/kernel-instance.ts";
import { PAGES_MAX, PAGE_BYTES } from "#kernels/kernel-memory.ts";
import { nextTurn } from "#runtime/node/next-turn.ts";
import { createNodeRandom } from "#runtime/node/node-random.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import type { BatchRouter } from "#tsdb/receiver/batch-router.ts";
import { KernelBodyDecoder } from "#tsdb/receiver/kernel-body-decoder.ts";
import type { KernelBodyDecoderOptions } from "#tsdb/receiver/kernel-body-decoder.ts";
import { Receiver } from "#tsdb/receiver/receiver.ts";
import type { ShardWorkerInit } from "./shard-worker-contract.ts";
import type { TenantLimits } from "./tenant-limits.ts";

/** Identities of some 11 million series of 10 labels per worker; beyond it the cache starts anew. */
const IDENTITY_BYTES_MAX: number = 1024 * 1024 * 1024;
/** An identity takes a fifth of what its series takes in a head, and every worker may know all. */
const IDENTITY_HEAD_SHARE = 1 / 4;
/** Bodies received or waiting for stable storage, per worker. */
const INFLIGHT_BYTES_MAX: number = 256 * 1024 * 1024;
const PAGES_INITIAL: number = (4 * 1024 * 1024) / PAGE_BYTES;

/** `createDecoder` is replaced where bodies do not lie in the receiver's own buffers. */
export function createReceiver(
  init: ShardWorkerInit,
  router: BatchRouter,
  clock: Clock,
  limits: TenantLimits | null,
  createDecoder: (options: KernelBodyDecoderOptions) => KernelBodyDecoder = (options) =>
    new KernelBodyDecoder(options),
): Receiver {
  const { config, kernels, placement, shardLogs } = init;
  const { decodedBytesMax, deadlineMs } = config.ingest;
  const { bodyBytesMax } = config.http;
  const random = createNodeRandom();
  const pages = { pagesInitial: PAGES_INITIAL, pagesMax: PAGES_MAX };
  const instance = instantiateKernels(kernels, pages);
  const decoder = createDecoder({
    kernels: instance,
    bodyBytesMax,
    decodedBytesMax,
    identityBytesMax: Math.min(
      IDENTITY_BYTES_MAX,
      Math.floor(config.storage.headBytesMax * IDENTITY_HEAD_SHARE),
    ),
    seed: [random.u32(), random.u32()],
  });
  return new Receiver({
    decoder,
    router,
    clock,
    shardLogs,
    placement,
    bodyBytesMax,
    decodedBytesMax,
    inflightBytesMax: INFLIGHT_BYTES_MAX,
    deadlineMs,
    // What it throws is a rejection that nobody handles, which ends the thread and the node.
    defer: (run) => void nextTurn().then(run),
    chargeSamples: (tenant, count) => limits?.chargeSamples(tenant, count),
  });
}
