/** Who has the most of what all tenants of a shard share: that is taken from when it is full. */
import type { TenantId } from "#model/refs.ts";

/** Of equals the lowest number, so that every replica takes from the same one; null without any. */
export function largestShare(
  shares: ReadonlyMap<TenantId, { readonly size: number }>,
): TenantId | null {
  let largest: TenantId | null = null;
  let most = 0;
  for (const [tenant, { size }] of shares) {
    if (size < most || (size === most && largest !== null && tenant > largest)) continue;
    largest = tenant;
    most = size;
  }
  return largest;
}
