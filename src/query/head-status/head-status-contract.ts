/** How a query worker reads the index statistics of a shard worker: opened, then pulled in slices. */
import type { TenantId } from "#model/refs.ts";
import type { WorkerContract } from "#runtime/worker/worker-contract.ts";
import type { LabelCountsSlice } from "#storage/label-counts.ts";

/** Of all shards of a worker and all tenants. */
export interface HeadTotals {
  readonly chunkCount: number;
  /** Infinity and -Infinity without samples. */
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

export interface HeadStatusContract extends WorkerContract {
  readonly calls: {
    open: { args: { cursor: number; tenant: TenantId }; result: HeadTotals };
    /** Null at the end, where the cursor closes by itself. */
    next: { args: { cursor: number }; result: LabelCountsSlice | null };
  };
  readonly toHost: { close: { cursor: number } };
  readonly toClient: Record<never, never>;
}
