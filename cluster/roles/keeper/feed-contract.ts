/**
 * What a keeper asks of its shard worker: the contents of closed head generations, slice by slice,
 * and that a new manifest version takes effect. The shard worker answers between two batches, so
 * the keeper asks for one thing at a time.
 */
import type { ShardId } from "#model/refs.ts";
import type { WorkerContract } from "#runtime/worker/worker-contract.ts";
import type { GenerationSlice } from "#storage/head-generation.ts";
import type { LogRecordDraft } from "#storage/log-record.ts";
import type { ManifestState } from "#tsdb/manifest/manifest-state.ts";

export interface GenerationName {
  readonly shard: ShardId;
  readonly generation: number;
}

export interface FeedContract extends WorkerContract {
  readonly calls: {
    /** The next slice of its samples, null at the end; `isFirst` begins anew. */
    slice: { args: GenerationName & { isFirst: boolean }; result: GenerationSlice | null };
    /** The next record for the series log, null at the end; `isFirst` begins anew. */
    seriesRecord: {
      args: GenerationName & { which: "new" | "all"; isFirst: boolean };
      result: LogRecordDraft | null;
    };
    /**
     * A committed version. With `releases` its blocks hold that generation, which leaves the head in
     * the same step.
     */
    install: {
      args: {
        shard: ShardId;
        state: ManifestState;
        releases: number | null;
      };
      result: null;
    };
  };
  readonly toHost: Record<never, never>;
  readonly toClient: Record<never, never>;
}
