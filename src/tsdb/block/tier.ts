/**
 * Resolutions in which a shard keeps its samples: as received, and aggregated into aligned buckets
 * of one minute and one hour. Numbers are in files and never change their meaning.
 */
import { assert } from "#base/assert.ts";

export type Tier = 0 | 1 | 2;

export const TIER_RAW: Tier = 0;
export const TIER_1M: Tier = 1;
export const TIER_1H: Tier = 2;

const BUCKET_MS: readonly number[] = [0, 60_000, 3_600_000];
const NAMES: readonly string[] = ["raw", "1m", "1h"];

/** Length of a bucket; 0 for raw samples. */
export function bucketMsOf(tier: Tier): number {
  return BUCKET_MS[tier]!;
}

export function tierName(tier: Tier): string {
  return NAMES[tier]!;
}

export function isTier(value: number): value is Tier {
  return value === TIER_RAW || value === TIER_1M || value === TIER_1H;
}

/** Start of the bucket that `timestampMs` falls into. */
export function bucketStartMs(timestampMs: number, tier: Tier): number {
  const bucketMs = bucketMsOf(tier);
  assert(bucketMs > 0, "tier: raw samples have no buckets");
  return Math.floor(timestampMs / bucketMs) * bucketMs;
}
