/**
 * Thread entry of a log: one thread per log, synchronous system calls only, so a sync that takes
 * seconds holds up nothing but this log's answers.
 */
import { workerData } from "node:worker_threads";
import { join } from "node:path";
import { NodeClock } from "#runtime/node/node-clock.ts";
import { NodeDisk } from "#runtime/node/node-disk.ts";
import { SystemRandom } from "#runtime/node/node-random.ts";
import { runLogLoop } from "#tsdb/wal/log-loop.ts";
import type { LogChannel } from "#tsdb/wal/log-channel.ts";
import { logFolder } from "#tsdb/wal/log-reader.ts";
import type { LogRecovery } from "./log-recovery.ts";

export interface LogThreadInit {
  readonly data: string;
  readonly clusterUuid: string;
  readonly channel: LogChannel;
  readonly recovery: LogRecovery;
}
