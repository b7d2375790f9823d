/**
 * Thread entry of a keeper: the node's adapters around `Keeper`. Its disk answers synchronously,
 * which holds up nobody but this thread.
 */
import { workerData } from "node:worker_threads";
import { lowerPriority } from "#runtime/node/lower-priority.ts";
import { nextTurn } from "#runtime/node/next-turn.ts";
import { NodeClock } from "#runtime/node/node-clock.ts";
import { NodeDisk } from "#runtime/node/node-disk.ts";
import { NodeTimers } from "#runtime/node/node-timers.ts";
import { createPinoLogger } from "#runtime/node/pino-logger.ts";
import { linkToParent, linkToPort } from "#runtime/node/thread-links.ts";
import { WorkerClient } from "#runtime/worker/worker-client.ts";
import { WorkerHost } from "#runtime/worker/worker-host.ts";
import { createNodePageTools } from "../node-page-tools.ts";
import type { FeedContract } from "./feed-contract.ts";
import type { KeeperContract, KeeperInit, KeeperThreadContract } from "./keeper-contract.ts";
import { KeeperCounters } from "./keeper-counters.ts";
import { Keeper } from "./keeper.ts";
import { upkeepOptionsOf } from "./upkeep-options.ts";

/** Behind everything that somebody waits for. */
const KEEPER_NICE = 15;

const init = workerData as KeeperInit;
const { config, index } = init;

const thread = new WorkerHost<KeeperThreadContract>(linkToParent(), {
  connect: ({ keeper: port, feed }) => {
    const keeper = new Keeper({
      clusterUuid: init.clusterUuid,
      epoch: init.epoch,
      disk: new NodeDisk(config.data),
      tools: createNodePageTools("fast"),
      upkeep: upkeepOptionsOf(config.storage),
      acceptLoss: config.storage.acceptLoss,
      oldestInUse: new Float64Array(init.oldestInUse),
      counters: new KeeperCounters(init.counters, index, config.threads.shardWorkers),
      clock: new NodeClock(),
      timers: new NodeTimers(),
      logger: createPinoLogger({ level: config.log.level, fields: { thread: `keeper-${index}` } }),
      nextTurn,
      feed: new WorkerClient<FeedContract>(`shard-${index}`, linkToPort(feed)),
      // Thrown outside any promise, so that it ends the thread and the main thread learns why.
      fatal: (error) => {
        queueMicrotask(() => {
          throw error;
        });
      },
    });
    const host = new WorkerHost<KeeperContract>(linkToPort(port), {
      open: ({ shard }) => keeper.open(shard),
      holds: ({ shard, request }) => keeper.holds(shard, request),
      delete: async ({ shard, tombstone }) => {
        await keeper.delete(shard, tombstone);
        return null;
      },
      snapshot: async ({ shard, name, flushedSeq }) => {
        await keeper.snapshot(shard, name, flushedSeq);
        return null;
      },
      clean: async ({ shards }) => {
        for (const shard of shards) await keeper.clean(shard);
        return null;
      },
    });
    host.onNotice("flush", (order) => keeper.flush(order));
    host.onNotice("truncate", (order) => keeper.truncate(order));
    host.onNotice("agrees", ({ shard }) => keeper.discardUnlisted(shard));
    host.onNotice("disagrees", ({ shard }) => keeper.leave(shard));
    host.onNotice("damaged", ({ shard, block, cause }) => keeper.damaged(shard, block, cause));
    return null;
  },
});
thread.onNotice("serving", () => lowerPriority(KEEPER_NICE));
