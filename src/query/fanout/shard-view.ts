/**
 * What a selection reads of one shard, taken in one step: every sample is in exactly one part of it.
 * `blocks` is null for a shard that has no manifest. Whoever takes a view disposes both parts; the
 * blocks only when nobody reads their files any more.
 */
import type { ShardId } from "#model/refs.ts";
import type { BlocksState } from "#storage/blocks-state.ts";
import type { ReadView } from "#storage/read-view.ts";

/** A version whose files stay readable until it is disposed. */
export interface BlocksAt extends Disposable {
  readonly version: number;
  readonly state: BlocksState;
}

export interface ShardView {
  readonly shard: ShardId;
  readonly view: ReadView;
  readonly blocks: BlocksAt | null;
}

/** All shards of a worker, each in one of both lists. */
export interface ViewsTaken {
  readonly views: readonly ShardView[];
  readonly failed: readonly ShardId[];
}

/** Gives both parts back; may be called twice. */
export function disposeShardView({ view, blocks }: ShardView): void {
  view[Symbol.dispose]();
  blocks?.[Symbol.dispose]();
}
