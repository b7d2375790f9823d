/**
 * What a shard worker asks of its keeper, and what a keeper is started with. The keeper owns
 * manifest, blocks and series log of every shard of that worker.
 */
import type { MessagePort } from "node:worker_threads";
import type { GyreConfig } from "#config/gyre-config.ts";
import type { ShardId } from "#model/refs.ts";
import type { WorkerContract } from "#runtime/worker/worker-contract.ts";
import type { ClosedGeneration } from "#storage/head-generation.ts";
import type { SelectRequest } from "#storage/queryable.ts";
import type { BlockKey } from "#tsdb/manifest/block-entry.ts";
import type { ManifestState } from "#tsdb/manifest/manifest-state.ts";
import type { Tombstone } from "#tsdb/tombstone/tombstone.ts";

export interface KeeperInit {
  /** Of the shard worker, and of this keeper's row of counters. */
  readonly index: number;
  readonly config: GyreConfig;
  readonly clusterUuid: Uint8Array;
  readonly epoch: number;
  /** Per shard of the node the oldest manifest version in use at its shard worker. */
  readonly oldestInUse: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
}

/** A closed generation whose cut is durable. */
export interface FlushOrder {
  readonly shard: ShardId;
  readonly generation: ClosedGeneration;
  /** Of the shard, at present. */
  readonly liveSeries: number;
}

export interface TruncateOrder {
  readonly logId: number;
  /** No record in an older segment is needed, provided that the manifests of `shards` are durable. */
  readonly beforeSegment: number;
  readonly shards: readonly ShardId[];
}

export interface KeeperContract extends WorkerContract {
  readonly calls: {
    /** Errors: `storage.corruption` when the manifest is damaged: the shard cannot be served. */
    open: { args: { shard: ShardId }; result: ManifestState };
    /** Whether blocks of the shard have series of the selection. */
    holds: { args: { shard: ShardId; request: SelectRequest }; result: boolean };
    /** Answered when it is durable and readers see it; waits for the flush up to its record. */
    delete: { args: { shard: ShardId; tombstone: Tombstone }; result: null };
    /** Puts a shard into a snapshot in the making, when its blocks have records up to `flushedSeq`. */
    snapshot: { args: { shard: ShardId; name: string; flushedSeq: number }; result: null };
    /** Answered when deletions are applied inside the blocks of the shards. */
    clean: { args: { shards: readonly ShardId[] }; result: null };
  };
  readonly toHost: {
    /** In the order of the cuts; retried until the generation is installed. */
    flush: FlushOrder;
    truncate: TruncateOrder;
    /** Log and manifest of the shard agree: block files that nobody lists may go. */
    agrees: { shard: ShardId };
    /** One of them lost something: nothing of the shard may be changed. */
    disagrees: { shard: ShardId };
    /** A reader met damage in this block. */
    damaged: { shard: ShardId; block: BlockKey; cause: string };
  };
  readonly toClient: Record<never, never>;
}

/** From the main thread. */
export interface KeeperThreadContract extends WorkerContract {
  readonly calls: {
    connect: { args: { keeper: MessagePort; feed: MessagePort }; result: null };
  };
  readonly toHost: {
    /** The node serves clients: until now all of it waited for this thread. */
    serving: null;
  };
  readonly toClient: Record<never, never>;
}
