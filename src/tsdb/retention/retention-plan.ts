/**
 * Decides which blocks of a shard may go. Pure. Ages count from min(wall clock, newest accepted
 * sample): a clock that jumps ahead, or one wild timestamp, deletes nothing. A block goes whole when
 * its last sample is too old for every rule; one in which some rule's series are too old is rewritten
 * without them.
 */
import { assert } from "#base/assert.ts";
import { crc32c } from "#base/hash/crc32c.ts";
import { TIER_1H, TIER_1M, TIER_RAW, type Tier } from "../block/tier.ts";
import { blockKeyOf, type BlockEntry, type BlockKey } from "../manifest/block-entry.ts";
import { RETENTION_RULES_MAX, type RetentionOptions, type TierAges } from "./retention-options.ts";

export interface RetentionClock {
  readonly wallMs: number;
  /** Newest accepted sample of the shard; -Infinity when there is none. */
  readonly newestSampleMs: number;
}

export interface RetentionPlan {
  /** Blocks with nothing left to keep. */
  readonly expired: readonly BlockKey[];
  /** Blocks that hold samples of one rule or another past their age: see `retentionCutoffs`. */
  readonly rewrites: readonly BlockEntry[];
}

/** The longest that a rule, or the default, keeps each tier. */
export function longestAges({ rules, ages }: RetentionOptions): TierAges {
  const longest = (tier: Tier): number =>
    Math.max(ages[tier], ...rules.map((rule) => rule.ages[tier]));
  return [longest(TIER_RAW), longest(TIER_1M), longest(TIER_1H)];
}

/** What ages count from. */
export function retentionNowMs(clock: RetentionClock): number {
  return Math.min(clock.wallMs, clock.newestSampleMs);
}

export function planRetention(
  blocks: Iterable<BlockEntry>,
  clock: RetentionClock,
  options: RetentionOptions,
): RetentionPlan {
  assert(
    options.rules.length <= RETENTION_RULES_MAX,
    () => `retention: got ${options.rules.length} rules, want at most ${RETENTION_RULES_MAX}`,
  );
  const nowMs = retentionNowMs(clock);
  const expired: BlockKey[] = [];
  const rewrites: BlockEntry[] = [];
  for (const block of blocks) {
    const cutoffs = retentionCutoffs(block, nowMs, options);
    // Without a newest sample nothing has an age.
    if (block.maxMs < Math.min(...cutoffs)) {
      expired.push(blockKeyOf(block));
      continue;
    }
    const mark = retentionMark(cutoffs, options);
    if (mark !== 0 && mark !== block.retentionMark) rewrites.push(block);
  }
  return { expired, rewrites };
}

/**
 * Samples before these times are past their age: one per rule, and the default's last. Whole blocks
 * count, so a rule of a block that is not yet wholly past it gets -Infinity: no block is rewritten
 * twice for one rule.
 */
export function retentionCutoffs(
  block: BlockEntry,
  nowMs: number,
  options: RetentionOptions,
): readonly number[] {
  const cutoffOf = (ages: TierAges): number => {
    const cutoff = nowMs - ages[block.tier];
    return block.maxMs < cutoff ? cutoff : -Infinity;
  };
  return [...options.rules.map(({ ages }) => cutoffOf(ages)), cutoffOf(options.ages)];
}

/**
 * Names the rules that a block is wholly past, in the wording of now: when they are applied inside,
 * its manifest entry carries this mark. 0 when there is none.
 */
export function retentionMark(cutoffs: readonly number[], options: RetentionOptions): number {
  const past = cutoffs.map((cutoff) => cutoff > -Infinity);
  if (!past.includes(true)) return 0;
  const text = JSON.stringify([
    past,
    options.rules.map(({ tenant, matchers }) => [tenant, matchers]),
  ]);
  return crc32c(new TextEncoder().encode(text)) || 1;
}
