/**
 * What the manifest of a shard states for one of the shards that it is split into. Blocks are sorted
 * by placement, so a child's part of each is one run of series: the entry names the same file and a
 * narrower range of placements. Pure; nothing is read.
 */
import { assert } from "#base/assert.ts";
import type { ShardId } from "#model/refs.ts";
import { blockKeyOf, type BlockEntry, type BlockKey } from "../manifest/block-entry.ts";
import type { ManifestState } from "../manifest/manifest-state.ts";

const PLACEMENTS = 2 ** 32;

/** `shardCount` is that of the child; blocks without a series of its range are left out. */
export function childState(
  state: ManifestState,
  child: ShardId,
  shardCount: number,
): ManifestState {
  assert(child < shardCount, () => `split: shard ${child} of ${shardCount}`);
  const width = PLACEMENTS / shardCount;
  const min = child * width;
  const max = min + width - 1;
  const blocks = new Map<BlockKey, BlockEntry>();
  for (const block of state.blocks.values()) {
    const ownedMin = Math.max(min, block.ownedMin);
    const ownedMax = Math.min(max, block.ownedMax);
    const isReached = block.placementMin <= ownedMax && block.placementMax >= ownedMin;
    if (ownedMin > ownedMax || !isReached) continue;
    blocks.set(blockKeyOf(block), { ...block, folderShard: child, ownedMin, ownedMax });
  }
  return { ...state, blocks };
}
