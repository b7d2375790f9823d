/**
 * Thread entry of a shard worker: the node's adapters around `ShardWorkerHost`, the client listener
 * and, in one of the workers, the node's own scrape. Does what the main thread calls, in the order
 * of `shard-worker-contract.ts`.
 */
import { workerData } from "node:worker_threads";
import { must } from "#base/assert.ts";
import { registeredHttpMetrics } from "#http/http-metrics.ts";
import { HttpServer } from "#http/http-server.ts";
import type { SelfScrape } from "#collect/self-scrape.ts";
import { MetricRegistry } from "#runtime/metrics/metric-registry.ts";
import { nextTurn } from "#runtime/node/next-turn.ts";
import { NodeClock } from "#runtime/node/node-clock.ts";
import { NodeDisk } from "#runtime/node/node-disk.ts";
import { NodeTimers } from "#runtime/node/node-timers.ts";
import { createPinoLogger } from "#runtime/node/pino-logger.ts";
import { linkToParent, linkToPort } from "#runtime/node/thread-links.ts";
import type { BodyOptions, BodySink } from "#storage/body-appender.ts";
import { WorkerHost } from "#runtime/worker/worker-host.ts";
import { createReceiver } from "./create-receiver.ts";
import { upkeepOptionsOf } from "./keeper/upkeep-options.ts";
import { NodeStatus } from "./node-status.ts";
import { QueryPoolDoor } from "./query-pool-door.ts";

import { startSelfScrape } from "./start-self-scrape.ts";
import { ShardWorkerHost } from "./shard-worker-host.ts";
import { TenantNumbers } from "./tenant-numbers.ts";
import type { ShardWorkerContract, ShardWorkerInit } from "./shard-worker-contract.ts";

const init = workerData as ShardWorkerInit;
const { config } = init;
const clock = new NodeClock();
const timers = new NodeTimers();
const logger = createPinoLogger({
  level: config.log.level,
  fields: { thread: `shard-${init.index}` },
});
const registry = new MetricRegistry();
const status = new NodeStatus(init.memory, registry);
const host = new ShardWorkerHost(init, {
  clock,
  timers,
  disk: new NodeDisk(config.data),
  nextTurn,
  createReceiver,
  shardFaulted: (shard, error) => {
    logger.error({ shard, error }, "shard is out of service until the node restarts");
  },
  blockDamaged: (damage) => {
    logger.error({ ...damage }, "a query met a damaged block");
  },
  // Thrown outside any promise, so that it ends the thread and the main thread learns why.
  fatal: (error) => {
    queueMicrotask(() => {
      throw error;
    });
  },
});
let api: QueryPoolDoor | null = null;
let server: HttpServer | null = null;
let selfScrape: SelfScrape | null = null;
const appender = {
  bodyBytesMax: config.http.bodyBytesMax,
  decodedBytesMax: config.ingest.decodedBytesMax,
  open: (options: BodyOptions, declaredBytes: number): BodySink | null =>
    host.isOverBudget ? null : host.receiver.open(options, declaredBytes),
};

new WorkerHost<ShardWorkerContract>(linkToParent(), {
  connectKeeper: ({ keeper, feed }) => {
    host.connectKeeper(linkToPort(keeper), linkToPort(feed));
    return null;
  },
  open: () => host.open(),
  start: () => {
    host.start();
    return null;
  },
  connectQueries: ({ selects, apis, heads }) => {
    for (const port of selects) host.serveSelections(linkToPort(port));
    for (const port of heads) host.serveHeadStatus(linkToPort(port));
    api = new QueryPoolDoor(apis.map(linkToPort));
    return null;
  },
  listen: (where) => {
    const { headersTimeoutMs, bodyTimeoutMs, connectionsMax, bodyBytesMax, adminApi } = config.http;
    const retentionMs = Math.max(...upkeepOptionsOf(config.storage).compaction.retentionMs);
    server = new HttpServer(
      { headersTimeoutMs, bodyTimeoutMs, connectionsMax, bodyBytesMax, retentionMs, adminApi },
      {
        appender,
        api: must(api, "listen before connectQueries"),
        status,
        tenants: new TenantNumbers(init.memory.tenants, init.epoch),
        clock,
        timers,
        logger,
        metrics: registeredHttpMetrics(registry),
      },
    );
    return server.listen(where);
  },
  selfScrape: ({ instance }) => {
    const ports = { metricsText: () => status.metricsText(), appender, clock, timers, logger };
    selfScrape = startSelfScrape(config.selfScrape.intervalMs, instance, ports);
    return null;
  },
  drain: async ({ graceMs }) => {
    // First: its last round stores stale markers, and needs the write door for that.
    await selfScrape?.stop();
    await server?.close(graceMs);
    return null;
  },
  close: () => {
    host.close();
    return null;
  },
});
