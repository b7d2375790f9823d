/** Which blocks still hold what was deleted, and which deletions are done with. Pure. */
import type { Seq } from "#model/refs.ts";
import type { BlockEntry } from "../manifest/block-entry.ts";
import type { ManifestState } from "../manifest/manifest-state.ts";
import { tombstonesOf } from "../tombstone/tombstone-test.ts";

/** Blocks to rewrite so that nothing deleted is left in them, the oldest first. */
export function blocksToClean(state: ManifestState): readonly BlockEntry[] {
  return [...state.blocks.values()]
    .filter((block) => tombstonesOf(block, state.tombstones).length > 0)
    .toSorted((a, b) => a.rangeStartMs - b.rangeStartMs || a.blockId - b.blockId);
}

/**
 * Tombstones that hide nothing any more: every sample of records up to theirs is in blocks, and no
 * block is left that they concern. They may be removed from the manifest.
 */
export function finishedTombstones(state: ManifestState): readonly Seq[] {
  const blocks = [...state.blocks.values()];
  return state.tombstones
    .filter(({ seq }) => seq <= state.flushedSeq)
    .filter((tombstone) => blocks.every((block) => tombstonesOf(block, [tombstone]).length === 0))
    .map(({ seq }) => seq);
}
