/**
 * Decides which blocks of a shard to merge. Pure: the same blocks give the same plan. A range that
 * later samples may still reach is left alone; ranges are aligned, and no block is in two tasks.
 *
 * A task takes all blocks of its tier inside its range. What is there beside them was written later
 * than all of them, so (epoch, first seq) goes on to order blocks as their samples came.
 */
import { TIER_1H, TIER_1M, TIER_RAW, type Tier } from "../block/tier.ts";
import { blockKeyOf, type BlockEntry, type BlockKey } from "../manifest/block-entry.ts";
import { dealByRange, dealByWidth, overlaps, type BlockGroup } from "./block-group.ts";
import {
  LATE_BLOCKS_MAX,
  LATE_SHARE_MIN,
  spansOf,
  TIERS,
  type CompactionOptions,
} from "./compaction-options.ts";

export interface CompactionTask {
  readonly tier: Tier;
  /** Half-open, aligned. */
  readonly rangeStartMs: number;
  readonly rangeEndMs: number;
  /** All of `tier`, the earliest written first. */
  readonly sources: readonly BlockEntry[];
  /** False: the sources stay as they are, only tiers are made of them. */
  readonly isMerge: boolean;
  /** Tiers to make of the samples; only of raw blocks. */
  readonly makesTiers: readonly Tier[];
  /** Blocks of those tiers inside the range: the new ones take their place. */
  readonly replaces: readonly BlockKey[];
}

/**
 * The tasks that are due, the oldest first. `newestMs` is the newest accepted sample of the shard:
 * nothing before it minus `settleMs` is expected any more.
 */
export function planCompaction(
  blocks: Iterable<BlockEntry>,
  newestMs: number,
  options: CompactionOptions,
): readonly CompactionTask[] {
  const all = [...blocks];
  const settledMs = newestMs - options.settleMs;
  const tasks: CompactionTask[] = [];
  for (const tier of TIERS) {
    const ofTier = all.filter((block) => block.tier === tier);
    for (const group of groupsToMerge(ofTier, spansOf(tier, options), settledMs)) {
      const makesTiers = tier === TIER_RAW ? tiersOfMerge(group, all, settledMs, options) : [];
      tasks.push(taskOf(group, tier, true, makesTiers, all));
    }
  }
  tasks.push(...tasksForMissingTiers(all, settledMs, options, tasks));
  const replaced = new Set(tasks.flatMap(({ replaces }) => replaces));
  return tasks
    .filter(({ sources }) => sources.every((block) => !replaced.has(blockKeyOf(block))))
    .sort((a, b) => a.rangeEndMs - b.rangeEndMs || a.tier - b.tier);
}

/**
 * Whether a raw block holds times of which a wanted tier says nothing yet: then it must not go, or
 * they would be lost. What comes late to a range that has its tiers adds nothing to them.
 */
export function awaitsTiers(
  block: BlockEntry,
  blocks: Iterable<BlockEntry>,
  newestMs: number,
  options: CompactionOptions,
): boolean {
  if (block.tier !== TIER_RAW) return false;
  const { rangeStartMs, rangeEndMs } = block;
  const all = [...blocks];
  return wantedTiers(options, newestMs - options.settleMs, rangeEndMs).some(
    (tier) =>
      options.retentionMs[tier] > 0 &&
      !all.some((other) => other.tier === tier && overlaps(other, rangeStartMs, rangeEndMs)),
  );
}

/** From the largest span down, so that what lies beside a large block goes with it. */
function groupsToMerge(
  blocks: readonly BlockEntry[],
  spans: readonly number[],
  settledMs: number,
): BlockGroup[] {
  const groups: BlockGroup[] = [];
  let left = blocks;
  for (let level = spans.length - 1; level >= 0; level--) {
    const below = level === 0 ? 0 : spans[level - 1]!;
    const done = new Set<BlockEntry>();
    for (const group of dealByRange(left, spans[level]!)) {
      const large = group.blocks.filter((block) => lengthOf(block) > below);
      const isSettled = group.rangeEndMs <= settledMs;
      const isDue =
        level === 0
          ? group.blocks.length >= LATE_BLOCKS_MAX
          : isSettled &&
            (large.length > 0 ? isWorthIt(group, large) : isGrown(group, level, below));
      if (isDue && group.blocks.length > 1) groups.push(group);
      if (isDue || (level > 0 && large.length > 0)) for (const one of group.blocks) done.add(one);
    }
    left = left.filter((block) => !done.has(block));
  }
  return groups;
}

/** Each part of the span below is one block at most: no smaller merge comes first. */
function isGrown(group: BlockGroup, level: number, below: number): boolean {
  if (level === 1) return true;
  return dealByRange(group.blocks, below).every((part) => part.blocks.length === 1);
}

/** Beside blocks of the full span: are the late ones worth writing all of it anew? */
function isWorthIt(group: BlockGroup, large: readonly BlockEntry[]): boolean {
  if (large.length > 1) return true;
  const largeBytes = bytesOf(large);
  return (
    group.blocks.length - 1 >= LATE_BLOCKS_MAX ||
    bytesOf(group.blocks) - largeBytes >= LATE_SHARE_MIN * largeBytes
  );
}

function bytesOf(blocks: readonly BlockEntry[]): number {
  return blocks.reduce((sum, { fileBytes }) => sum + fileBytes, 0);
}

function lengthOf(block: BlockEntry): number {
  return block.rangeEndMs - block.rangeStartMs;
}

/**
 * Tiers to make along with a raw merge: those that do not have all its samples yet. None when a raw
 * block reaches into the range from outside: half the samples make wrong buckets.
 */
function tiersOfMerge(
  group: BlockGroup,
  all: readonly BlockEntry[],
  settledMs: number,
  options: CompactionOptions,
): readonly Tier[] {
  const { rangeStartMs, rangeEndMs, blocks } = group;
  const reaching = all.filter(
    (block) => block.tier === TIER_RAW && overlaps(block, rangeStartMs, rangeEndMs),
  );
  const isPart = reaching.length !== blocks.length;
  if (isPart || rangeEndMs - rangeStartMs < tierSpanOf(options)) return [];
  return wantedTiers(options, settledMs, rangeEndMs).filter(
    (tier) => !blocks.every((block) => isInTier(block, tier, all)),
  );
}

/** A block of the tier knows all records that the raw block comes from. */
function isInTier(raw: BlockEntry, tier: Tier, all: readonly BlockEntry[]): boolean {
  return all.some(
    (block) =>
      block.tier === tier &&
      block.lastSeq >= raw.lastSeq &&
      overlaps(block, raw.rangeStartMs, raw.rangeEndMs),
  );
}

/** Tiers are made of raw ranges of a day, or of the largest that raw blocks grow to. */
function tierSpanOf(options: CompactionOptions): number {
  const spans = spansOf(TIER_RAW, options);
  return spans[Math.min(1, spans.length - 1)]!;
}

/** A tier that retention would drop at once is not made. */
function wantedTiers(
  options: CompactionOptions,
  settledMs: number,
  rangeEndMs: number,
): readonly Tier[] {
  return [TIER_1M, TIER_1H].filter((tier) => rangeEndMs > settledMs - options.retentionMs[tier]);
}

/** Settled ranges without a merge to come, whose tiers are absent or older than their samples. */
function tasksForMissingTiers(
  all: readonly BlockEntry[],
  settledMs: number,
  options: CompactionOptions,
  planned: readonly CompactionTask[],
): CompactionTask[] {
  const raw = all.filter(({ tier }) => tier === TIER_RAW);
  const merges = planned.filter(({ tier }) => tier === TIER_RAW);
  const tasks: CompactionTask[] = [];
  for (const group of dealByWidth(raw, tierSpanOf(options))) {
    const { rangeStartMs, rangeEndMs, blocks } = group;
    const isMerged = merges.some((task) => overlaps(task, rangeStartMs, rangeEndMs));
    if (rangeEndMs > settledMs || isMerged) continue;
    const missing = wantedTiers(options, settledMs, rangeEndMs).filter(
      (tier) => !blocks.every((block) => isInTier(block, tier, all)),
    );
    if (missing.length > 0) tasks.push(taskOf(group, TIER_RAW, false, missing, all));
  }
  return tasks;
}

function taskOf(
  group: BlockGroup,
  tier: Tier,
  isMerge: boolean,
  makesTiers: readonly Tier[],
  all: readonly BlockEntry[],
): CompactionTask {
  const { rangeStartMs, rangeEndMs, blocks } = group;
  const oldestMs = Math.min(...blocks.map(({ minMs }) => minMs));
  // What rules of retention took out of samples is in the older block of the tier only.
  const isWhole = blocks.every(({ retentionMark }) => retentionMark === 0);
  const replaces = (isWhole ? all : [])
    .filter((block) => makesTiers.includes(block.tier))
    .filter((block) => block.rangeStartMs >= rangeStartMs && block.rangeEndMs <= rangeEndMs)
    // One that knows of times whose samples have left already stays beside the new one.
    .filter((block) => block.minMs >= oldestMs)
    .map(blockKeyOf);
  return { tier, rangeStartMs, rangeEndMs, sources: blocks, isMerge, makesTiers, replaces };
}
