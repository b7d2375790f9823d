/** What the main thread of the slot variant asks of its threads. */
import type { WorkerContract } from "#runtime/worker/worker-contract.ts";
import type { OpenedLog } from "#cluster/roles/shard-worker-contract.ts";

export interface SlotWorkerContract extends WorkerContract {
  readonly calls: {
    open: { args: null; result: readonly OpenedLog[] };
    start: { args: null; result: null };
    close: { args: null; result: null };
  };
  readonly toHost: Record<never, never>;
  readonly toClient: Record<never, never>;
}

export interface SlotEdgeContract extends WorkerContract {
  readonly calls: {
    listen: { args: null; result: { host: string; port: number } };
    drain: { args: null; result: null };
  };
  readonly toHost: Record<never, never>;
  readonly toClient: Record<never, never>;
}
