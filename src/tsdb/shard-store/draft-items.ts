/** Log records of items that carry all they need, one tenant and at most `bytesMax` each. */
import type { TenantId } from "#model/refs.ts";
import type { LogRecordDraft } from "#storage/log-record.ts";
import { encodeItemsPayload, ITEMS_PREFIX_BYTES } from "../items-payload.ts";

export function draftItems(
  type: number,
  byTenant: ReadonlyMap<TenantId, readonly Uint8Array[]>,
  bytesMax: number,
): LogRecordDraft[] {
  const drafts: LogRecordDraft[] = [];
  for (const [tenant, items] of byTenant) {
    let from = 0;
    while (from < items.length) {
      let to = from + 1;
      let bytes = ITEMS_PREFIX_BYTES + items[from]!.length;
      while (to < items.length && bytes + items[to]!.length <= bytesMax) {
        bytes += items[to]!.length;
        to++;
      }
      const payload = encodeItemsPayload(tenant, items.slice(from, to));
      // No flag: a version that does not know them goes on without.
      drafts.push({ type, flags: 0, count: to - from, payload });
      from = to;
    }
  }
  return drafts;
}
