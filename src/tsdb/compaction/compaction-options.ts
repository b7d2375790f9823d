/** How blocks grow together; one set per node, the same for all shards. */
import { TIER_1H, TIER_1M, TIER_RAW, type Tier } from "../block/tier.ts";

const HOUR_MS = 3_600_000;
const DAY_MS: number = 24 * HOUR_MS;

/** Range of a block as it is flushed, and what blocks grow to; each a multiple of the one before. */
export const BLOCK_SPANS_MS: readonly number[] = [2 * HOUR_MS, DAY_MS, 7 * DAY_MS];

/**
 * A block goes as a whole, so data outlives its age by up to its span: a seventh of the retention is
 * what that may cost on disk.
 */
const SPANS_PER_RETENTION = 7;

/** Late blocks beside a large one are merged into it when they are many or weigh something. */
export const LATE_BLOCKS_MAX = 8;
export const LATE_SHARE_MIN = 0.05;

export interface CompactionOptions {
  /** How long each tier is kept, by tier; 0 = the tier is not made. */
  readonly retentionMs: readonly [raw: number, minutes: number, hours: number];
  /** Samples arrive up to this much behind the newest: a range rests that long before it is merged. */
  readonly settleMs: number;
}

export const TIERS: readonly Tier[] = [TIER_RAW, TIER_1M, TIER_1H];

/** The spans that blocks of a tier may have, ascending; at least the first. */
export function spansOf(tier: Tier, options: CompactionOptions): readonly number[] {
  const spanMax = options.retentionMs[tier] / SPANS_PER_RETENTION;
  return BLOCK_SPANS_MS.filter((span, level) => level === 0 || span <= spanMax);
}
