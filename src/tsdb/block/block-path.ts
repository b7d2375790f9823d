/** Where the files of blocks lie, and how their names tell their ids. */
import { assert } from "#base/assert.ts";
import type { ShardId } from "#model/refs.ts";

const NAME = /^(\d{10})\.blk$/;

/** Everything of one shard lies below this folder. */
export function shardFolder(shard: ShardId): string {
  return `shards/${String(shard).padStart(5, "0")}`;
}

export function blockFolder(shard: ShardId): string {
  return `${shardFolder(shard)}/blocks`;
}

/** Damaged files are moved here and never read again. */
export function quarantineFolder(shard: ShardId): string {
  return `${shardFolder(shard)}/quarantine`;
}

export function blockPath(shard: ShardId, blockId: number): string {
  assert(
    Number.isInteger(blockId) && blockId >= 1 && blockId <= 0xffff_ffff,
    () => `block: got id ${blockId}`,
  );
  return `${blockFolder(shard)}/${String(blockId).padStart(10, "0")}.blk`;
}

/** Id of the block with this file name; 0 when it is not a block's name. */
export function blockIdOf(name: string): number {
  const match = NAME.exec(name);
  return match === null ? 0 : Number(match[1]);
}
