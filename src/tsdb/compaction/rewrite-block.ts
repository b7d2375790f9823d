/**
 * Writes a block anew without what tombstones or retention take out of it. When that is nothing, no
 * file is written: only what the manifest says of the block changes.
 */
import type { BlockReader } from "../block/block-reader.ts";
import type { BlockSeries, SeriesIdentity } from "../block/block-series.ts";
import type { TierRows } from "../block/tier-rows.ts";
import { TIER_RAW } from "../block/tier.ts";
import { blockKeyOf, type BlockEntry } from "../manifest/block-entry.ts";
import { tombstonesOf } from "../tombstone/tombstone-test.ts";
import { cleanSeqOf, type CompactionContext, type CompactionResult } from "./compaction-job.ts";
import type { CompactionTask } from "./compaction-plan.ts";
import { mergeBlocks, type SeriesCut } from "./merge-blocks.ts";
import { mergeTiers, type TierCut } from "./merge-tiers.ts";

export interface RetentionRewrite {
  /** Series are dropped whole when the block is older than this; -Infinity keeps them. */
  readonly cutoffMs: (series: SeriesIdentity) => number;
  /** What the new entry carries as its retention mark. */
  readonly mark: number;
}

export async function rewriteBlock(
  block: BlockEntry,
  context: CompactionContext,
  retention: RetentionRewrite | null,
): Promise<CompactionResult> {
  const mark = retention?.mark ?? block.retentionMark;
  if (!(await isTouched(block, context, retention))) {
    const entry = { ...block, cleanSeq: cleanSeqOf(context), retentionMark: mark };
    const nothing = { duplicates: 0, conflicts: 0, removed: 0 };
    return { addBlocks: [entry], removeBlocks: [blockKeyOf(block)], ...nothing };
  }
  const { tier, rangeStartMs, rangeEndMs } = block;
  const range = { tier, rangeStartMs, rangeEndMs };
  const task: CompactionTask = {
    ...range,
    sources: [block],
    isMerge: true,
    makesTiers: [],
    replaces: [],
  };
  const result =
    tier === TIER_RAW
      ? await mergeBlocks(task, context, retention && cutSamples(block, retention))
      : await mergeTiers(task, context, retention && cutBuckets(block, retention));
  const addBlocks = result.addBlocks.map((entry) => ({ ...entry, retentionMark: mark }));
  return { ...result, addBlocks };
}

/** Whether there is anything to take out. */
async function isTouched(
  block: BlockEntry,
  context: CompactionContext,
  retention: RetentionRewrite | null,
): Promise<boolean> {
  using lease = await context.readers.hold(block);
  const { reader } = lease;
  for (const { tenant, matchers } of tombstonesOf(block, context.tombstones)) {
    if ((await reader.select(tenant, matchers)).length > 0) return true;
  }
  return retention !== null && (await hasExpired(block, reader, retention));
}

async function hasExpired(
  block: BlockEntry,
  reader: BlockReader,
  { cutoffMs }: RetentionRewrite,
): Promise<boolean> {
  const { series } = await reader.index();
  for (let number = 0; number < series.seriesCount; number++) {
    if (block.maxMs < cutoffMs(series.identity(number))) return true;
  }
  return false;
}

function cutSamples(block: BlockEntry, { cutoffMs }: RetentionRewrite): SeriesCut {
  return (series, onRemoved): BlockSeries => {
    if (block.maxMs >= cutoffMs(series)) return series;
    onRemoved(series);
    return { ...series, end: series.start };
  };
}

function cutBuckets(block: BlockEntry, { cutoffMs }: RetentionRewrite): TierCut {
  return (series, rows, onRemoved): TierRows => {
    if (block.maxMs >= cutoffMs(series)) return rows;
    onRemoved(rows);
    rows.clear();
    return rows;
  };
}
