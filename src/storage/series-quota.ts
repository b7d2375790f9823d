/**
 * How many series each tenant may have in memory, over all shards of the node. Shards take places
 * before they add series and give them back when they drop them; what a log brings back counts
 * whether it fits or not. Tenants without a limit are not counted.
 */
import type { TenantId } from "#model/refs.ts";

export interface SeriesQuota {
  /** Infinity when the tenant may have any number. */
  limitOf(tenant: TenantId): number;
  /** Takes up to `count` places; returns how many there were. */
  take(tenant: TenantId, count: number): number;
  /** Series that are there already (positive), or left (negative). */
  note(tenant: TenantId, count: number): void;
}
