/**
 * What can be saved of a damaged block: all samples of its good pages, in a block of their own. The
 * damaged one then goes to quarantine. A block whose index is damaged gives nothing: without it no
 * page says whose samples it holds.
 */
import { TIER_RAW } from "../block/tier.ts";
import { BlockWriter } from "../block/block-writer.ts";
import type { BlockReader } from "../block/block-reader.ts";
import { ALL_AGGREGATES } from "../block/tier-cursor.ts";
import { TierWriter } from "../block/tier-writer.ts";
import { blockEntryOf, type BlockEntry } from "../manifest/block-entry.ts";
import { checkCancelled, type CompactionContext } from "./compaction-job.ts";

export interface SalvageResult {
  /** Null when nothing could be saved. */
  readonly saved: BlockEntry | null;
  readonly lostSamples: number;
  readonly damagedPages: number;
}

const EVERYTHING = { minMs: -Infinity, maxMs: Infinity };

/** Throws `storage.corruption` when not even the index can be read. */
export async function salvageBlock(
  block: BlockEntry,
  context: CompactionContext,
): Promise<SalvageResult> {
  using lease = await context.readers.hold(block);
  const { disk, owner, tools, takeBlockId } = context;
  const { tier, rangeStartMs, rangeEndMs, epoch, firstSeq, lastSeq } = block;
  const range = { rangeStartMs, rangeEndMs, epoch, firstSeq, lastSeq };
  const blockId = takeBlockId();
  const writer = await BlockWriter.create({ disk, owner, tools, blockId, tier, ...range });
  try {
    let damagedPages = 0;
    const copy = tier === TIER_RAW ? copySamples : copyBuckets;
    await copy(block, context, lease.reader, writer, () => damagedPages++);
    const written = await writer.finish();
    const { cleanSeq, retentionMark, sampleCount } = block;
    const entry = written && blockEntryOf(written, owner.shard, cleanSeq);
    const lostSamples = sampleCount - (entry?.sampleCount ?? 0);
    return { saved: entry && { ...entry, retentionMark }, lostSamples, damagedPages };
  } finally {
    if (!writer.isFinished) await writer.abandon();
  }
}

async function copySamples(
  block: BlockEntry,
  context: CompactionContext,
  reader: BlockReader,
  writer: BlockWriter,
  onDamage: () => void,
): Promise<void> {
  const owned = await reader.owned(block.ownedMin, block.ownedMax);
  const cursor = await reader.read(owned, EVERYTHING, onDamage);
  try {
    for (let one = await cursor.next(); one !== null; one = await cursor.next()) {
      checkCancelled(context);
      await writer.add(one);
    }
  } finally {
    cursor.close();
  }
}

async function copyBuckets(
  block: BlockEntry,
  context: CompactionContext,
  reader: BlockReader,
  writer: BlockWriter,
  onDamage: () => void,
): Promise<void> {
  const owned = await reader.owned(block.ownedMin, block.ownedMax);
  const cursor = await reader.readTier(owned, EVERYTHING, ALL_AGGREGATES, onDamage);
  const buckets = new TierWriter(writer);
  try {
    for (let one = await cursor.next(); one !== null; one = await cursor.next()) {
      checkCancelled(context);
      await buckets.add(one.identity, one.rows);
    }
  } finally {
    cursor.close();
  }
}
