/**
 * What the manifest of a shard states at one version, and how an edit leads to the next. Immutable:
 * a view may keep the state it was opened on. Pure.
 */
import { assert } from "#base/assert.ts";
import type { Epoch, Seq } from "#model/refs.ts";
import type { Tombstone } from "../tombstone/tombstone.ts";
import { blockKeyOf, type BlockEntry, type BlockKey } from "./block-entry.ts";

/** 7 d of 2 h blocks, years of 7 d blocks, three tiers: far below; bounds a record's claim. */
export const MANIFEST_BLOCKS_MAX = 65_536;
/** Deletions are rare and cleaned away; each costs every read of the shard. */
export const MANIFEST_TOMBSTONES_MAX = 4096;

export interface ManifestState {
  /** Epoch of the shard when this version was made. */
  readonly epoch: Epoch;
  /** Grows by one with every edit; 0 = nothing was ever stored. */
  readonly version: number;
  /** All samples of records up to this one are in blocks. */
  readonly flushedSeq: Seq;
  /** Above every block id that any version ever named. */
  readonly nextBlockId: number;
  readonly blocks: ReadonlyMap<BlockKey, BlockEntry>;
  /** In order of `seq`. */
  readonly tombstones: readonly Tombstone[];
}

export interface ManifestEdit {
  readonly epoch: Epoch;
  readonly addBlocks?: readonly BlockEntry[];
  readonly removeBlocks?: readonly BlockKey[];
  readonly flushedSeq?: Seq;
  readonly nextBlockId?: number;
  readonly addTombstones?: readonly Tombstone[];
  /** By `seq`. */
  readonly removeTombstones?: readonly Seq[];
}

export const EMPTY_MANIFEST: ManifestState = {
  epoch: 0 as Epoch,
  version: 0,
  flushedSeq: 0 as Seq,
  nextBlockId: 1,
  blocks: new Map(),
  tombstones: [],
};

/** Strict: the edit must fit the state, anything else is a bug of its maker. */
export function checkEdit(state: ManifestState, edit: ManifestEdit): void {
  assert(
    edit.epoch >= state.epoch,
    () => `manifest: epoch got ${edit.epoch}, want at least ${state.epoch}`,
  );
  const flushed = edit.flushedSeq ?? state.flushedSeq;
  assert(
    flushed >= state.flushedSeq,
    () => `manifest: flushed seq got ${flushed}, want at least ${state.flushedSeq}`,
  );
  for (const key of edit.removeBlocks ?? []) {
    assert(state.blocks.has(key), () => `manifest: removes block ${key}, which it does not have`);
  }
  const removed = new Set(edit.removeBlocks ?? []);
  for (const block of edit.addBlocks ?? []) {
    const key = blockKeyOf(block);
    // Removed and added at once: what the shard says of the file changes, the file stays.
    const isFree = !state.blocks.has(key) || removed.has(key);
    assert(isFree, () => `manifest: adds block ${key} a second time`);
  }
}

/** Lenient towards removals of what is not there: a manifest that lost a record still loads. */
export function applyEdit(state: ManifestState, edit: ManifestEdit): ManifestState {
  const blocks = new Map(state.blocks);
  for (const key of edit.removeBlocks ?? []) blocks.delete(key);
  let nextBlockId = Math.max(state.nextBlockId, edit.nextBlockId ?? 0);
  for (const block of edit.addBlocks ?? []) {
    blocks.set(blockKeyOf(block), block);
    nextBlockId = Math.max(nextBlockId, block.blockId + 1);
  }
  const removed = new Set(edit.removeTombstones ?? []);
  const kept = state.tombstones.filter(({ seq }) => !removed.has(seq));
  return {
    epoch: edit.epoch,
    version: state.version + 1,
    flushedSeq: edit.flushedSeq ?? state.flushedSeq,
    nextBlockId,
    blocks,
    tombstones: [...kept, ...(edit.addTombstones ?? [])].sort((a, b) => a.seq - b.seq),
  };
}

/** The edit that makes `state` out of nothing. */
export function snapshotEdit(state: ManifestState): ManifestEdit {
  const { epoch, flushedSeq, nextBlockId, blocks, tombstones } = state;
  return {
    epoch,
    flushedSeq,
    nextBlockId,
    addBlocks: [...blocks.values()],
    addTombstones: tombstones,
  };
}
