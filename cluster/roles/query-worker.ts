/** Thread entry of a query worker: the engine over all shards of this node, behind the API. */
import { setPriority } from "node:os";
import { workerData } from "node:worker_threads";
import { linkToParent, linkToPort } from "#runtime/node/thread-links.ts";
import { nextTurn } from "#runtime/node/next-turn.ts";
import { NodeClock } from "#runtime/node/node-clock.ts";
import { WorkerClient } from "#runtime/worker/worker-client.ts";
import { WorkerHost } from "#runtime/worker/worker-host.ts";
import { FanoutQueryable } from "#query/fanout/fanout-queryable.ts";
import type { SelectContract } from "#query/fanout/select-contract.ts";
import { createApi } from "./create-api.ts";
import type { QueryWorkerContract, QueryWorkerInit } from "./query-worker-contract.ts";
import { serveApi } from "./serve-api.ts";
