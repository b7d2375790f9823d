/**
 * Decides which blocks of several shards may go so that all of them together stay below a size. Pure.
 * The oldest go first, whatever their shard, tier and age.
 */
import type { ShardId } from "#model/refs.ts";
import { blockKeyOf, ownedBytes, type BlockEntry, type BlockKey } from "../manifest/block-entry.ts";

export type BlocksByShard = ReadonlyMap<ShardId, Iterable<BlockEntry>>;

/** Shards without a block to go are left out. */
export function planSize(
  blocksOf: BlocksByShard,
  bytesMax: number,
): ReadonlyMap<ShardId, readonly BlockKey[]> {
  const all = [...blocksOf].flatMap(([shard, blocks]) =>
    [...blocks].map((block) => ({ shard, block })),
  );
  let bytes = all.reduce((sum, { block }) => sum + ownedBytes(block), 0);
  const leaving = new Map<ShardId, BlockKey[]>();
  if (bytes <= bytesMax) return leaving;
  all.sort((a, b) => a.block.maxMs - b.block.maxMs || a.block.tier - b.block.tier);
  for (const { shard, block } of all) {
    if (bytes <= bytesMax) break;
    leaving.set(shard, [...(leaving.get(shard) ?? []), blockKeyOf(block)]);
    bytes -= ownedBytes(block);
  }
  return leaving;
}
