/**
 * What can be saved of a damaged block: all samples of its good pages, in a block of their own. The
 * damaged one then goes to quarantine. A block whose index is damaged gives nothing: without it no
 * page says whose samples it holds.
 */
import { TIER_RAW } from "../block/tier.ts";
import { ALL_AGGREGATES } from "../block/tier-cursor.ts";
import { TierWriter } from "../block/tier-writer.ts";
import { blockEntryOf, type BlockEntry } from "../manifest/block-entry.ts";
import { checkCancelled, type CompactionContext, createRewriteWriter } from "./compaction-job.ts";

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
  const writer = await createRewriteWriter(context, { ...block, sources: [block] });
  try {
    let damagedPages = 0;
    const { reader } = lease;
    const owned = await reader.owned(block.ownedMin, block.ownedMax);
    const onDamage = (): void => void damagedPages++;
    if (block.tier === TIER_RAW) {
      const cursor = await reader.read(owned, EVERYTHING, onDamage);
      await copyAll(cursor, context, (series) => writer.add(series));
    } else {
      const buckets = new TierWriter(writer, block.tier);
      const cursor = await reader.readTier(owned, EVERYTHING, ALL_AGGREGATES, onDamage);
      await copyAll(cursor, context, ({ identity, rows }) => buckets.add(identity, rows));
    }
    const written = await writer.finish();
    const { cleanSeq, retentionMark, sampleCount } = block;
    const entry = written && blockEntryOf(written, context.owner.shard, cleanSeq);
    const lostSamples = sampleCount - (entry?.sampleCount ?? 0);
    return { saved: entry && { ...entry, retentionMark }, lostSamples, damagedPages };
  } finally {
    if (!writer.isFinished) await writer.abandon();
  }
}

interface RowCursor<Row> {
  next(): Promise<Row | null>;
  close(): void;
}

async function copyAll<Row>(
  cursor: RowCursor<Row>,
  context: CompactionContext,
  add: (row: Row) => Promise<void>,
): Promise<void> {
  try {
    for (let row = await cursor.next(); row !== null; row = await cursor.next()) {
      checkCancelled(context);
      await add(row);
    }
  } finally {
    cursor.close();
  }
}
