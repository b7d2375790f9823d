/** The receiver of a shard worker with its own kernel memory and the limits of the configuration. */
import { instantiateKernels } from "#kernels/kernel-instance.ts";
import { PAGES_MAX, PAGE_BYTES } from "#kernels/kernel-memory.ts";
import { createNodeRandom } from "#runtime/node/node-random.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import type { BatchRouter } from "#tsdb/receiver/batch-router.ts";
import type { BodyDecoder } from "#tsdb/receiver/body-decoder.ts";
import { KernelBodyDecoder } from "#tsdb/receiver/kernel-body-decoder.ts";
import { Receiver } from "#tsdb/receiver/receiver.ts";
import type { ShardWorkerInit } from "./shard-worker-contract.ts";

/** Label bytes and records of some 2 million series per worker; beyond it the cache starts anew. */
const IDENTITY_BYTES_MAX: number = 768 * 1024 * 1024;
/** Bodies received or waiting for stable storage, per worker. */
const INFLIGHT_BYTES_MAX: number = 256 * 1024 * 1024;
const PAGES_INITIAL: number = (4 * 1024 * 1024) / PAGE_BYTES;

/** `decoderOver` stands between the receiver and the kernels, for bodies that lie elsewhere. */
export function createReceiver(
  init: ShardWorkerInit,
  router: BatchRouter,
  clock: Clock,
  decoderOver: (kernels: BodyDecoder) => BodyDecoder = (kernels) => kernels,
): Receiver {
  const { config, kernels, placement, shardLogs } = init;
  const { decodedBytesMax, deadlineMs } = config.ingest;
  const { bodyBytesMax } = config.http;
  const random = createNodeRandom();
  const decoder = new KernelBodyDecoder({
    kernels: instantiateKernels(kernels, { pagesInitial: PAGES_INITIAL, pagesMax: PAGES_MAX }),
    bodyBytesMax,
    decodedBytesMax,
    identityBytesMax: IDENTITY_BYTES_MAX,
    seed: [random.u32(), random.u32()],
  });
  return new Receiver({
    decoder: decoderOver(decoder),
    router,
    clock,
    shardCount: shardLogs.length,
    placement,
    bodyBytesMax,
    decodedBytesMax,
    inflightBytesMax: INFLIGHT_BYTES_MAX,
    deadlineMs,
  });
}
