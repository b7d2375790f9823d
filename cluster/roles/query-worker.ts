/**
 * Thread entry of a query worker: the engine over all shards of this node, behind the API. Reads
 * blocks by itself; what heads hold, deletions and snapshots it asks of the shard workers.
 */
import { workerData } from "node:worker_threads";
import { Admission } from "#query/admission.ts";
import { FanoutAdmin } from "#query/fanout/fanout-admin.ts";
import { FanoutSnapshots } from "#query/fanout/fanout-snapshots.ts";
import { FanoutQueryable } from "#query/fanout/fanout-queryable.ts";
import type { SelectContract } from "#query/fanout/select-contract.ts";
import { FanoutHeadStatus } from "#query/head-status/fanout-head-status.ts";
import type { HeadStatusContract } from "#query/head-status/head-status-contract.ts";
import { lowerPriority } from "#runtime/node/lower-priority.ts";
import { nextTurn } from "#runtime/node/next-turn.ts";
import { NodeClock } from "#runtime/node/node-clock.ts";
import { NodeDisk } from "#runtime/node/node-disk.ts";
import { createNodeRandom } from "#runtime/node/node-random.ts";
import { NodeTimers } from "#runtime/node/node-timers.ts";
import { createPinoLogger } from "#runtime/node/pino-logger.ts";
import { linkToParent, linkToPort } from "#runtime/node/thread-links.ts";
import { WorkerClient } from "#runtime/worker/worker-client.ts";
import { WorkerHost } from "#runtime/worker/worker-host.ts";
import { SnapshotFolder } from "#tsdb/snapshot/snapshot-folder.ts";
import { createApi } from "./create-api.ts";
import { createBlockReads } from "./create-block-reads.ts";
import type { QueryWorkerContract, QueryWorkerInit } from "./query-worker-contract.ts";
import { serveApi } from "./serve-api.ts";

/** Behind ingest when cores are short: a query may wait, a sender's deadline does not. */
const QUERY_NICE = 10;

const { config, clusterUuid, index, version } = workerData as QueryWorkerInit;
const logger = createPinoLogger({ level: config.log.level, fields: { thread: `query-${index}` } });
lowerPriority(QUERY_NICE);
const startMs = new NodeClock().wallMs();
const blocks = createBlockReads({ config, clusterUuid, timers: new NodeTimers() });

new WorkerHost<QueryWorkerContract>(linkToParent(), {
  connect: ({ selects, apis, heads }) => {
    const clients = selects.map(
      (port, shard) => new WorkerClient<SelectContract>(`shard-${shard}`, linkToPort(port)),
    );
    const headClients = heads.map(
      (port, shard) => new WorkerClient<HeadStatusContract>(`shard-${shard}`, linkToPort(port)),
    );
    const api = createApi({
      config,
      headStatus: new FanoutHeadStatus(headClients),
      startMs,
      queryable: new FanoutQueryable(clients, blocks),
      admin: new FanoutAdmin(clients),
      snapshots: new FanoutSnapshots({
        clients,
        store: new SnapshotFolder(new NodeDisk(config.data)),
        clock: new NodeClock(),
        random: createNodeRandom(),
      }),
      clock: new NodeClock(),
      logger,
      version,
      yieldTurn: nextTurn,
    });
    // The workers share the configured number; a fraction still lets one query run.
    const share = Math.ceil(config.query.concurrencyMax / config.threads.queryWorkers);
    const admission = new Admission(share);
    for (const port of apis) serveApi(linkToPort(port), api, admission);
    return null;
  },
});
