/**
 * Thread entry of a log: one thread per log, synchronous system calls only, so a sync that takes
 * seconds holds up nothing but this log's answers.
 */
import { workerData } from "node:worker_threads";
import { NodeClock } from "#runtime/node/node-clock.ts";
import { NodeDisk } from "#runtime/node/node-disk.ts";
import { createNodeRandom } from "#runtime/node/node-random.ts";
import { runLogLoop } from "#tsdb/wal/log-loop.ts";
import type { LogThreadInit } from "./log-thread-init.ts";

const init = workerData as LogThreadInit;

await runLogLoop({
  disk: new NodeDisk(init.data),
  clock: new NodeClock(),
  random: createNodeRandom(),
  identity: init.identity,
  channel: init.channel,
  resume: init.resume,
  unsafeSkipSync: init.unsafeSkipSync,
});
