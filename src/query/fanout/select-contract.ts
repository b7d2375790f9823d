/**
 * How a query worker reads from a shard worker: it opens a selection over all shards of that worker
 * and pulls slices until there are none. Slices move (transfer), they are not copied. The puller
 * sets the pace, so a slow query holds no memory in the shard worker beyond one answer.
 */
import type { ShardSelect, SeriesSlice } from "#storage/read-view.ts";
import type { WorkerContract } from "#runtime/worker/worker-contract.ts";

export interface SlicesAnswer {
  readonly slices: readonly SeriesSlice[];
  /** True when the selection has nothing more; its cursor is closed then. */
  readonly done: boolean;
}

export interface SelectContract extends WorkerContract {
  readonly calls: {
    /** Opens and reads the first slices in one round trip: most queries need no other. */
    open: { args: { cursor: number; request: ShardSelect }; result: SlicesAnswer };
    next: { args: { cursor: number }; result: SlicesAnswer };
  };
  readonly toHost: { close: { cursor: number } };
  readonly toClient: Record<never, never>;
}
