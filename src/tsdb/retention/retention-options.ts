/** How long samples are kept, and how much of them. */
import type { Matcher } from "#model/matcher.ts";
import type { TenantId } from "#model/refs.ts";

const DAY_MS = 86_400_000;

/** Ages by tier; Infinity keeps for ever. */
export type TierAges = readonly [raw: number, minutes: number, hours: number];

/** 7 d as received, 30 d by minute, 1 y by hour. */
export const TIER_AGES_DEFAULT: TierAges = [7 * DAY_MS, 30 * DAY_MS, 365 * DAY_MS];

/** Ages of the series of a tenant, or of all, that every matcher accepts. */
export interface RetentionRule {
  readonly tenant: TenantId | null;
  readonly matchers: readonly Matcher[];
  readonly ages: TierAges;
}

/** Rules are looked through for every series of a block. */
export const RETENTION_RULES_MAX = 1000;

export interface RetentionOptions {
  /** The first rule that accepts a series decides. */
  readonly rules: readonly RetentionRule[];
  /** For series that no rule accepts. */
  readonly ages: TierAges;
}
