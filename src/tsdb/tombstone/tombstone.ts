/**
 * A deletion: samples in a time range of the series that all matchers accept, as far as they came
 * with records up to `seq`. What is written later under the same labels stays visible. A deletion
 * cuts the head, so a block lies wholly before it or wholly behind it.
 */
import type { Matcher } from "#model/matcher.ts";
import type { Seq, TenantId } from "#model/refs.ts";
import type { TimeRange } from "#storage/queryable.ts";

/** A selector has a handful; a bound for what a record may claim. */
export const TOMBSTONE_MATCHERS_MAX = 64;

export interface Tombstone extends TimeRange {
  /** Record of the shard's log that ordered it; names it. */
  readonly seq: Seq;
  readonly tenant: TenantId;
  /** At least one. */
  readonly matchers: readonly Matcher[];
}
