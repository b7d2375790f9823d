/**
 * Thread entry of the edge in the slot variant: the product's listener over a `SlotAppender`.
 * There is one tenant and no admin API: only writes of the default tenant are measured.
 */
import { workerData } from "node:worker_threads";
import { NodeStatus } from "#cluster/roles/node-status.ts";
import type { NodeMemory } from "#cluster/roles/node-memory.ts";
import type { GyreConfig } from "#config/gyre-config.ts";
import { registeredHttpMetrics } from "#http/http-metrics.ts";
import { HttpServer } from "#http/http-server.ts";
import { tenantId } from "#model/refs.ts";
import { MetricRegistry } from "#runtime/metrics/metric-registry.ts";
import { nextTurn } from "#runtime/node/next-turn.ts";
import { NodeClock } from "#runtime/node/node-clock.ts";
import { NodeTimers } from "#runtime/node/node-timers.ts";
import { createPinoLogger } from "#runtime/node/pino-logger.ts";
import { linkToParent } from "#runtime/node/thread-links.ts";
import { WorkerHost } from "#runtime/worker/worker-host.ts";
import { SlotAppender } from "./slot-appender.ts";
import type { SlotMemory } from "./slot-memory.ts";
import type { SlotEdgeContract } from "./slot-worker-contract.ts";

export interface SlotEdgeInit {
  readonly config: GyreConfig;
  readonly memory: NodeMemory;
  readonly slotMemory: SlotMemory;
}

const DRAIN_MS = 5000;

const { config, memory, slotMemory } = workerData as SlotEdgeInit;
const { headersTimeoutMs, bodyTimeoutMs, connectionsMax, bodyBytesMax } = config.http;
const { decodedBytesMax } = config.ingest;
const registry = new MetricRegistry();
const appender = new SlotAppender(slotMemory, { bodyBytesMax, decodedBytesMax });
for (const worker of slotMemory.answers.keys()) {
  appender.followAnswers(worker, nextTurn).catch((error: unknown) => {
    // Outside any promise, so that it ends the thread.
    queueMicrotask(() => {
      throw error;
    });
  });
}
const server = new HttpServer(
  {
    ...{ headersTimeoutMs, bodyTimeoutMs, connectionsMax, bodyBytesMax },
    retentionMs: Number.POSITIVE_INFINITY,
    adminApi: "off",
  },
  {
    appender,
    // Only writes are measured.
    api: { handle: () => Promise.resolve({ status: 404, headers: {}, body: new Uint8Array(0) }) },
    status: new NodeStatus(memory, registry),
    tenants: { issue: () => tenantId(0), isKnown: (tenant) => tenant === 0 },
    clock: new NodeClock(),
    timers: new NodeTimers(),
    logger: createPinoLogger({ level: config.log.level, fields: { thread: "edge" } }),
    metrics: registeredHttpMetrics(registry),
  },
);

new WorkerHost<SlotEdgeContract>(linkToParent(), {
  listen: () => server.listen(config.http.listen),
  drain: async () => {
    await server.close(DRAIN_MS);
    return null;
  },
});
