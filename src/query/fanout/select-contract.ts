/**
 * How a query worker reads from a shard worker: it opens a selection over all shards of that worker
 * and pulls slices until there are none. Slices move (transfer), they are not copied. The puller
 * sets the pace, so a slow query holds no memory in the shard worker beyond one answer.
 *
 * Slices come in the order of shards. Shards with blocks in the range are named by the first answer:
 * the puller merges their slices with the blocks, which it reads by itself. Until it closes such a
 * selection the blocks stay where they are.
 */
import type { ShardId } from "#model/refs.ts";
import type { LeafPart } from "#promql/leaf/leaf-part.ts";
import type { LeafPlan } from "#promql/leaf/leaf-plan.ts";
import type { BlocksState } from "#storage/blocks-state.ts";
import type { EncodedItems } from "#storage/append-batch.ts";
import type { ExemplarSelect } from "#storage/exemplar.ts";
import type { GenerationSlice } from "#storage/head-generation.ts";
import type { MetadataSelect } from "#storage/metric-metadata.ts";
import type { SelectRequest } from "#storage/queryable.ts";
import type { ShardSelect } from "#storage/read-view.ts";
import type { WorkerContract } from "#runtime/worker/worker-contract.ts";

/** A slice of the head of a shard. */
export interface HeadPart {
  readonly shard: ShardId;
  readonly slice: GenerationSlice;
}

export interface SlicesAnswer {
  /** In the order of shards. */
  readonly parts: readonly HeadPart[];
  /** True when there is nothing more; without blocks to read the selection is closed then. */
  readonly done: boolean;
}

export interface ShardVersion {
  readonly shard: ShardId;
  readonly version: number;
}

export interface OpenAnswer extends SlicesAnswer {
  /** Shards with blocks in the range, and the version that is kept for this selection. */
  readonly merges: readonly ShardVersion[];
  /** Shards of the worker that cannot be read; nothing of them comes. */
  readonly failed: readonly ShardId[];
}

export interface LeafAnswer {
  readonly part: LeafPart;
  /** True when there is nothing more; it is closed then. */
  readonly done: boolean;
}

export interface LeafOpenAnswer extends LeafAnswer {
  readonly failed: readonly ShardId[];
}

export interface SelectContract extends WorkerContract {
  readonly calls: {
    /** Of all shards of the worker; at most as many as they keep. */
    exemplars: { args: ExemplarSelect; result: readonly EncodedItems[] };
    metadata: { args: MetadataSelect; result: readonly EncodedItems[] };
    /** Opens and reads the first slices in one round trip: most queries need no other. */
    open: { args: { cursor: number; request: ShardSelect }; result: OpenAnswer };
    next: { args: { cursor: number }; result: SlicesAnswer };
    /** The same of a plan whose samples stay where they are: partials come of whole shards. */
    openLeaf: {
      args: { cursor: number; request: ShardSelect; leaf: LeafPlan };
      result: LeafOpenAnswer;
    };
    nextLeaf: { args: { cursor: number }; result: LeafAnswer };
    /** What the versions named by `open` state; asked once per version, then known. */
    states: {
      args: { cursor: number; shards: readonly ShardId[] };
      result: readonly BlocksState[];
    };
    /** See `SeriesAdmin`. */
    deleteSeries: { args: SelectRequest; result: null };
    cleanTombstones: { args: null; result: null };
    /** Puts the worker's part into a snapshot in the making; see `fanout-snapshots.ts`. */
    takeSnapshot: { args: { name: string; withHeads: boolean }; result: null };
  };
  readonly toHost: {
    close: { cursor: number };
    /** A block could not be read; `block` names it in the state of the shard. */
    damaged: BlockDamage;
  };
  readonly toClient: Record<never, never>;
}

export interface BlockDamage {
  readonly shard: ShardId;
  readonly block: number;
  readonly cause: string;
}
