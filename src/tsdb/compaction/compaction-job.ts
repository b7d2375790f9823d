/**
 * What every rewriting of blocks needs and gives. A job runs on the thread of a keeper: it reads
 * blocks that somebody keeps pinned, writes new ones, and says what the manifest should list instead.
 * Nothing counts before that is committed.
 */
import { must } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { U32_MAX, type Seq } from "#model/refs.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import type { SeqRange } from "../block/block-meta.ts";
import type { BlockReaders } from "../block/block-readers.ts";
import { BlockWriter } from "../block/block-writer.ts";
import type { FileOwner } from "../block/file-header.ts";
import type { PageTools } from "../block/page-tools.ts";
import type { Tier } from "../block/tier.ts";
import type { BlockEntry, BlockKey } from "../manifest/block-entry.ts";
import type { Tombstone } from "../tombstone/tombstone.ts";

export interface CompactionContext {
  readonly disk: Disk;
  readonly owner: FileOwner;
  readonly tools: PageTools;
  readonly readers: BlockReaders;
  /** All of the manifest's. */
  readonly tombstones: readonly Tombstone[];
  readonly takeBlockId: () => number;
  readonly isCancelled?: () => boolean;
}

export interface CompactionResult {
  readonly addBlocks: readonly BlockEntry[];
  readonly removeBlocks: readonly BlockKey[];
  /** Samples left out because an earlier block had the same, or another, value at their time. */
  readonly duplicates: number;
  readonly conflicts: number;
  /** Samples that tombstones or retention removed. */
  readonly removed: number;
}

/** Sources of a block to be written, and where it belongs. */
export interface RewriteRange {
  readonly tier: Tier;
  readonly rangeStartMs: number;
  readonly rangeEndMs: number;
  readonly sources: readonly BlockEntry[];
}

export async function createRewriteWriter(
  { disk, owner, tools, takeBlockId }: CompactionContext,
  { tier, rangeStartMs, rangeEndMs, sources }: RewriteRange,
): Promise<BlockWriter> {
  const range = { rangeStartMs, rangeEndMs, ...seqRangeOf(sources) };
  const blockId = takeBlockId();
  return await BlockWriter.create({ disk, owner, tools, blockId, tier, ...range });
}

/** All records of the sources, and those between. */
function seqRangeOf(sources: readonly BlockEntry[]): SeqRange {
  const newest = sources.reduce((a, b) => (b.lastSeq > a.lastSeq ? b : a));
  const firstSeq = Math.min(...sources.map((block) => block.firstSeq)) as Seq;
  return { epoch: newest.epoch, firstSeq, lastSeq: newest.lastSeq };
}

/** Sources to which rules were applied, and others: what is written of them lacks some series. */
const MARK_OF_SOME = U32_MAX;

/** What is written of these blocks carries this as its retention mark. */
export function markOfMerge(sources: readonly BlockEntry[]): number {
  const marks = new Set(sources.map(({ retentionMark }) => retentionMark));
  return marks.size === 1 ? must([...marks][0], "merge: a mark") : MARK_OF_SOME;
}

/** Up to here tombstones are applied in what the job writes. */
export function cleanSeqOf(context: CompactionContext): Seq {
  return Math.max(0, ...context.tombstones.map(({ seq }) => seq)) as Seq;
}

export function checkCancelled(context: CompactionContext): void {
  if (context.isCancelled?.() !== true) return;
  throw new EngineError(runtimeErrors.actorGone, "cannot merge blocks: the job was cancelled");
}
