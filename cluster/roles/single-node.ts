/**
 * A node as a cluster of one: opens the data folder, starts the threads in the order in which they
 * need each other, wires them, and stops them in reverse. Runs on the main thread, which afterwards
 * does nothing but wait for signals and for threads that end.
 */
import { MessageChannel } from "node:worker_threads";
import { must } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import type { ErrorCode } from "#base/engine-error.ts";
import type { GyreConfig } from "#config/gyre-config.ts";
import { HEAD_MODULE_URL } from "#kernels/head-kernel.ts";
import { GYRE_MODULE_URL, kernelModule } from "#kernels/kernel-instance.ts";
import { loadKernels } from "#runtime/node/load-kernels.ts";
import { spawnWorker } from "#runtime/node/spawn-worker.ts";
import type { SpawnedWorker } from "#runtime/node/spawn-worker.ts";
import type { Logger } from "#runtime/ports/logger.ts";
import { WorkerClient } from "#runtime/worker/worker-client.ts";
import { logStatusOf } from "#tsdb/wal/log-channel.ts";
import { LOG_STARTING } from "#tsdb/wal/log-status.ts";
import type { LogRecovery } from "#tsdb/wal/log-recovery.ts";
import type { Canaries } from "./canaries.ts";
import type { DataFolder } from "./data-folder.ts";
import { BackgroundJobs } from "./jobs/background-jobs.ts";
import type { KeeperInit, KeeperThreadContract } from "./keeper/keeper-contract.ts";
import type { LogThreadInit } from "./log-thread-init.ts";
import { allocateNodeMemory, NODE_READY, NODE_STOPPING } from "./node-memory.ts";
import type { NodeMemory } from "./node-memory.ts";
import type { QueryWorkerContract, QueryWorkerInit } from "./query-worker-contract.ts";
import type { OpenedLog, ShardWorkerContract, ShardWorkerInit } from "./shard-worker-contract.ts";
import {
  KEEPER_THREAD_URL,
  LOG_THREAD_URL,
  QUERY_WORKER_URL,
  SHARD_WORKER_URL,
} from "./worker-urls.ts";

/** Requests in flight at a stop get this long; a sender whose request is cut sends it again. */
const DRAIN_GRACE_MS = 5000;

/** A quarter of what a thread takes by itself: measured, that only let garbage pile up. */
const SHARD_YOUNG_MB_MAX = 12;

export interface SingleNodeOptions {
  readonly config: GyreConfig;
  readonly folder: DataFolder;
  readonly logger: Logger;
  readonly canaries: Canaries;
  readonly version: string;
  /** A thread ended that must not: the process has to end, loudly. */
  readonly fatal: (error: EngineError) => void;
}

/** A first segment takes a few syncs and the copy of at most one batch. */
const LOG_START_MS_MAX = 30_000;

const THREAD_ENDED: ErrorCode = {
  code: "node.thread-ended",
  http: 503,
  retryable: true,
  description: "a thread of the process ended that the node cannot do without",
};

interface Thread<Client> {
  readonly name: string;
  readonly worker: SpawnedWorker;
  readonly client: Client;
}

type ShardThread = Thread<WorkerClient<ShardWorkerContract>>;
type KeeperThread = Thread<WorkerClient<KeeperThreadContract>>;
type QueryThread = Thread<WorkerClient<QueryWorkerContract>>;

export class SingleNode {
  readonly #options: SingleNodeOptions;
  readonly #memory: NodeMemory;
  readonly #shards: ShardThread[] = [];
  readonly #keepers: KeeperThread[] = [];
  readonly #queries: QueryThread[] = [];
  readonly #logs: { readonly name: string; readonly worker: SpawnedWorker }[] = [];
  #jobs: BackgroundJobs | null = null;
  #isStopping = false;

  private constructor(options: SingleNodeOptions) {
    this.#options = options;
    const { config, folder } = options;
    const { shardLogs, logCount } = folder;
    this.#memory = allocateNodeMemory(config.threads.shardWorkers, logCount, shardLogs.length);
  }

  /** Resolves with the node once it serves clients. */
  static async start(options: SingleNodeOptions): Promise<SingleNode> {
    const node = new SingleNode(options);
    try {
      await node.#start();
      return node;
    } catch (error) {
      await node.#terminate();
      throw error;
    }
  }

  /** The address in use; the port may have been chosen by the system. */
  address = { host: "", port: 0 };

  /** Stops listening, ends requests in flight, makes the logs durable and ends all threads. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#setState(NODE_STOPPING);
    await this.#jobs?.stop();
    const shards = this.#shards.map(({ client }) => client);
    await Promise.all(shards.map((client) => client.call("drain", { graceMs: DRAIN_GRACE_MS })));
    // As a crash would: what a keeper leaves half done counts for nothing.
    await Promise.all(this.#keepers.map(({ worker }) => worker.terminate()));
    await Promise.all(shards.map((client) => client.call("close", null)));
    await Promise.all(this.#logs.map(({ worker }) => worker.exited));
    await this.#terminate();
  }

  async #start(): Promise<void> {
    const { config } = this.#options;
    this.#spawnShards();
    this.#spawnKeepers();
    await this.#connectKeepers();
    const opened = await Promise.all(this.#shards.map(({ client }) => client.call("open", null)));
    for (const log of opened.flat()) this.#startLog(log);
    // A log that stays closed leaves its shards read-only; that is no reason not to serve reads.
    await Promise.all(
      this.#memory.logs.map((log) => logStatusOf(log).whenChanged(LOG_STARTING, LOG_START_MS_MAX)),
    );
    await Promise.all(this.#shards.map(({ client }) => client.call("start", null)));
    this.#spawnQueries();
    await this.#connect();
    await this.#listen();
    this.#setState(NODE_READY);
    for (const { client } of this.#keepers) client.notify("serving", null);
    this.#startJobs();
    if (config.selfScrape.intervalMs > 0) {
      const { host, port } = this.address;
      const first = must(this.#shards[0], "a shard worker");
      await first.client.call("selfScrape", { instance: `${host}:${port}` });
    }
  }

  #startJobs(): void {
    const { config, folder, logger } = this.#options;
    const { scrubCounters } = this.#memory;
    this.#jobs = new BackgroundJobs({ config, folder, scrubCounters, logger });
  }

  #spawnShards(): void {
    const { config, folder, canaries } = this.#options;
    const kernels = kernelModule(loadKernels(GYRE_MODULE_URL));
    const headKernel = kernelModule(loadKernels(HEAD_MODULE_URL));
    const logWorkers = Uint16Array.from(
      { length: folder.logCount },
      (_, log) => log % config.threads.shardWorkers,
    );
    for (let index = 0; index < config.threads.shardWorkers; index++) {
      const init: ShardWorkerInit = {
        index,
        config,
        memory: this.#memory,
        kernels,
        headKernel,
        clusterUuid: folder.clusterUuid,
        epoch: folder.bootCount,
        placement: folder.placement,
        shardLogs: folder.shardLogs,
        logWorkers,
        canaries,
      };
      const name = `shard-${index}`;
      const worker = this.#spawn(name, SHARD_WORKER_URL, init, SHARD_YOUNG_MB_MAX);
      this.#shards.push({ name, worker, client: new WorkerClient(name, worker.link) });
    }
  }

  /** One per shard worker: the I/O of its blocks runs beside it. */
  #spawnKeepers(): void {
    const { config, folder } = this.#options;
    const { oldestInUse, keeperCounters } = this.#memory;
    for (let index = 0; index < config.threads.shardWorkers; index++) {
      const init: KeeperInit = {
        index,
        config,
        clusterUuid: folder.clusterUuid,
        epoch: folder.bootCount,
        oldestInUse,
        counters: keeperCounters,
      };
      const name = `keeper-${index}`;
      const worker = this.#spawn(name, KEEPER_THREAD_URL, init);
      this.#keepers.push({ name, worker, client: new WorkerClient(name, worker.link) });
    }
  }

  async #connectKeepers(): Promise<void> {
    const connecting = this.#keepers.flatMap(({ client }, index) => {
      const asks = new MessageChannel();
      const feeds = new MessageChannel();
      const shard = must(this.#shards[index], "shard worker of a keeper").client;
      const ofKeeper = { keeper: asks.port2, feed: feeds.port2 };
      const ofShard = { keeper: asks.port1, feed: feeds.port1 };
      return [
        client.call("connect", ofKeeper, [ofKeeper.keeper, ofKeeper.feed]),
        shard.call("connectKeeper", ofShard, [ofShard.keeper, ofShard.feed]),
      ];
    });
    await Promise.all(connecting);
  }

  #startLog({ logId, recovery, incomplete }: OpenedLog): void {
    const { config, folder, canaries } = this.#options;
    this.#reportRecovery(logId, recovery);
    if (incomplete.length > 0) {
      const fields = { log: logId, shards: incomplete };
      this.#options.logger.error(fields, "records are lost: neither in blocks nor in the log");
    }
    const init: LogThreadInit = {
      data: config.data,
      identity: { clusterUuid: folder.clusterUuid, logId },
      channel: must(this.#memory.logs[logId], `channel of log ${logId}`),
      resume: recovery.resume,
      unsafeSkipSync: canaries.skipSync,
    };
    const name = `log-${logId}`;
    const worker = spawnWorker(LOG_THREAD_URL, { name, data: init });
    this.#logs.push({ name, worker });
    worker.link.onClosed((cause) => void this.#logEnded(name, worker, cause));
  }

  /** A log that gives up says so and ends in order: its shards are read-only, and reads go on. */
  async #logEnded(name: string, worker: SpawnedWorker, cause: Error | null): Promise<void> {
    if ((await worker.exited) !== 0) return this.#threadEnded(name, cause);
    if (this.#isStopping) return;
    this.#options.logger.error(
      { log: name },
      "cannot write the log after repeated errors: its shards are read-only until a restart",
    );
  }

  #reportRecovery(log: number, recovery: LogRecovery): void {
    const { logger } = this.#options;
    const { recordCount, recordBytes, tornBytes, corruptionCount } = recovery;
    logger.info({ log, recordCount, recordBytes, tornBytes, corruptionCount }, "log recovered");
    for (const corruption of recovery.corruptions) {
      logger.error({ log, ...corruption }, "log is damaged here; everything around it is kept");
    }
  }

  #spawnQueries(): void {
    const { config, folder, version } = this.#options;
    for (let index = 0; index < config.threads.queryWorkers; index++) {
      const { clusterUuid } = folder;
      const init: QueryWorkerInit = { index, config, clusterUuid, version };
      const name = `query-${index}`;
      const worker = this.#spawn(name, QUERY_WORKER_URL, init);
      this.#queries.push({ name, worker, client: new WorkerClient(name, worker.link) });
    }
  }

  /** Channels between every query worker and every shard worker: selections, heads, API requests. */
  async #connect(): Promise<void> {
    const selects = this.#queries.map(() => this.#shards.map(() => new MessageChannel()));
    const apis = this.#queries.map(() => this.#shards.map(() => new MessageChannel()));
    const heads = this.#queries.map(() => this.#shards.map(() => new MessageChannel()));
    const ofQuery = this.#queries.map(({ client }, query) => {
      const ports = {
        selects: must(selects[query], "select channels").map(({ port1 }) => port1),
        apis: must(apis[query], "api channels").map(({ port1 }) => port1),
        heads: must(heads[query], "head channels").map(({ port1 }) => port1),
      };
      return client.call("connect", ports, [...ports.selects, ...ports.apis, ...ports.heads]);
    });
    const ofShard = this.#shards.map(({ client }, shard) => {
      const ports = {
        selects: selects.map((channels) => must(channels[shard], "select channel").port2),
        apis: apis.map((channels) => must(channels[shard], "api channel").port2),
        heads: heads.map((channels) => must(channels[shard], "head channel").port2),
      };
      const all = [...ports.selects, ...ports.apis, ...ports.heads];
      return client.call("connectQueries", ports, all);
    });
    await Promise.all([...ofQuery, ...ofShard]);
  }

  /** The first worker finds the port; where the system can, the others share it. */
  async #listen(): Promise<void> {
    const { host, port } = this.#options.config.http.listen;
    const reusePort = process.platform === "linux" && this.#shards.length > 1;
    const [first, ...others] = this.#shards;
    const address = await must(first, "a shard worker").client.call("listen", {
      host,
      port,
      reusePort,
    });
    this.address = address;
    if (!reusePort) return;
    await Promise.all(
      others.map(({ client }) => client.call("listen", { host, port: address.port, reusePort })),
    );
  }

  #spawn(name: string, url: URL, data: unknown, youngMbMax?: number): SpawnedWorker {
    const worker = spawnWorker(url, { name, data, youngMbMax });
    worker.link.onClosed((cause) => this.#threadEnded(name, cause));
    return worker;
  }

  #threadEnded(name: string, cause: Error | null): void {
    if (this.#isStopping) return;
    const why = cause?.message ?? "no reason given";
    this.#options.fatal(
      new EngineError(THREAD_ENDED, `cannot go on: thread ${name} ended: ${why}`, { cause }),
    );
  }

  #setState(state: number): void {
    Atomics.store(new Int32Array(this.#memory.state), 0, state);
  }

  async #terminate(): Promise<void> {
    this.#isStopping = true;
    await this.#jobs?.stop();
    const workers = [...this.#shards, ...this.#keepers, ...this.#queries, ...this.#logs];
    await Promise.all(workers.map(({ worker }) => worker.terminate()));
  }
}
