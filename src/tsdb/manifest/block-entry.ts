/**
 * A block as the manifest of a shard knows it: what its footer says, which file that is, and how the
 * shard sees it. After a split all children name the parent's file, each under a name of its own and
 * with its part of the placements.
 */
import { assert } from "#base/assert.ts";
import { U32_MAX, type Seq, type ShardId } from "#model/refs.ts";
import type { BlockMeta } from "../block/block-meta.ts";
import type { WrittenBlock } from "../block/block-writer.ts";

export interface BlockEntry extends BlockMeta {
  /** The shard that wrote the file, as the file itself says. */
  readonly fileShard: ShardId;
  /** The shard in whose folder it lies: that of the manifest. */
  readonly folderShard: ShardId;
  readonly fileBytes: number;
  /** Checksum of the file's footer: an older or another file of that name is noticed. */
  readonly footerCrc: number;
  /** Tombstones up to this record are already applied inside. */
  readonly cleanSeq: Seq;
  /** Which retention rules are already applied inside; see `retention-plan.ts`. 0 = none. */
  readonly retentionMark: number;
  /** Upper words of the placements that belong to the shard, both included. */
  readonly ownedMin: number;
  readonly ownedMax: number;
}

/** What names a block's file, as one number. */
export type BlockKey = number;

const BLOCK_ID_RANGE = 2 ** 32;

export function blockKeyOf(block: {
  readonly fileShard: ShardId;
  readonly blockId: number;
}): BlockKey {
  const { fileShard, blockId } = block;
  assert(blockId >= 1 && blockId < BLOCK_ID_RANGE, () => `block: got id ${blockId}`);
  return fileShard * BLOCK_ID_RANGE + blockId;
}

/** The entry of a block just written by this shard. */
export function blockEntryOf(written: WrittenBlock, shard: ShardId, cleanSeq: Seq): BlockEntry {
  const { meta, fileBytes, footerCrc } = written;
  const owned = { ownedMin: 0, ownedMax: U32_MAX };
  const shards = { fileShard: shard, folderShard: shard };
  const fields = { ...shards, fileBytes, footerCrc, cleanSeq, retentionMark: 0 };
  return { ...meta, ...fields, ...owned };
}

/** The shard's part of the file, so that all shards that name it together count it once. */
export function ownedBytes(block: BlockEntry): number {
  const { placementMin, placementMax, ownedMin, ownedMax, fileBytes } = block;
  const first = Math.max(placementMin, ownedMin);
  const width = Math.min(placementMax, ownedMax) - first + 1;
  return Math.round((fileBytes * Math.max(0, width)) / (placementMax - placementMin + 1));
}

/** Order of precedence among raw blocks: of two samples at one time the earlier record's counts. */
export function compareWritten(a: BlockEntry, b: BlockEntry): number {
  return (
    a.epoch - b.epoch || a.firstSeq - b.firstSeq || a.lastSeq - b.lastSeq || a.blockId - b.blockId
  );
}
