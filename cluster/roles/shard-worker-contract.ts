/**
 * What the main thread asks of a shard worker, in this order: `connectKeeper`, `open` (recover the
 * logs), `start` (log threads run, appends may flow), `connectQueries`, `listen`, and at the end `drain`, `close`.
 */
import type { MessagePort } from "node:worker_threads";
import type {} from "#kernels/webassembly-types.ts";
import type { GyreConfig } from "#config/gyre-config.ts";
import type { ShardId } from "#model/refs.ts";
import type { PlacementOptions } from "#model/placement.ts";
import type { WorkerContract } from "#runtime/worker/worker-contract.ts";
import type { LogRecovery } from "#tsdb/wal/log-recovery.ts";
import type { Canaries } from "./canaries.ts";
import type { NodeMemory } from "./node-memory.ts";

export interface ShardWorkerInit {
  readonly index: number;
  readonly config: GyreConfig;
  readonly memory: NodeMemory;
  readonly kernels: WebAssembly.Module;
  readonly headKernel: WebAssembly.Module;
  readonly clusterUuid: Uint8Array;
  /** Configuration number of every shard of a single node: its boot count. */
  readonly epoch: number;
  readonly placement: PlacementOptions;
  /** Log of each shard. */
  readonly shardLogs: Uint16Array;
  /** Worker of each log. */
  readonly logWorkers: Uint16Array;
  readonly canaries: Canaries;
}

export interface OpenedLog {
  readonly logId: number;
  readonly recovery: LogRecovery;
  /** Shards with records that are neither in blocks nor in the log any more. */
  readonly incomplete: readonly ShardId[];
}

export interface ShardWorkerContract extends WorkerContract {
  readonly calls: {
    /** Two ports to its keeper: one to ask it, one to be asked. */
    connectKeeper: { args: { keeper: MessagePort; feed: MessagePort }; result: null };
    open: { args: null; result: readonly OpenedLog[] };
    start: { args: null; result: null };
    /** Ports per query worker: its selections, its questions about heads, API requests to it. */
    connectQueries: {
      args: {
        selects: readonly MessagePort[];
        apis: readonly MessagePort[];
        heads: readonly MessagePort[];
      };
      result: null;
    };
    listen: {
      args: { host: string; port: number; reusePort: boolean };
      result: { host: string; port: number };
    };
    /** Scrapes the node's own metrics through this worker's write door. */
    selfScrape: { args: { instance: string }; result: null };
    /** Stops listening and lets requests in flight end. */
    drain: { args: { graceMs: number }; result: null };
    /** Closes the logs: nothing is appended after this. */
    close: { args: null; result: null };
  };
  readonly toHost: Record<never, never>;
  readonly toClient: Record<never, never>;
}
