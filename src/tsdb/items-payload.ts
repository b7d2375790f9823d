/**
 * The payload of records whose items carry all they need: the tenant, then the items, each a multiple
 * of 8 bytes long. What an item is, its own codec knows.
 */
import { EngineError } from "#base/engine-error.ts";
import { tenantId, type TenantId } from "#model/refs.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";

/** tenant u32, zero u32. */
export const ITEMS_PREFIX_BYTES = 8;

export interface ItemsPayload {
  readonly tenant: TenantId;
  /** A view. */
  readonly bytes: Uint8Array;
}

export function encodeItemsPayload(tenant: TenantId, items: readonly Uint8Array[]): Uint8Array {
  const size = items.reduce((sum, item) => sum + item.length, ITEMS_PREFIX_BYTES);
  const payload = new Uint8Array(size);
  new DataView(payload.buffer).setUint32(0, tenant, true);
  let at = ITEMS_PREFIX_BYTES;
  for (const item of items) {
    payload.set(item, at);
    at += item.length;
  }
  return payload;
}

export function decodeItemsPayload(payload: Uint8Array): ItemsPayload {
  if (payload.length < ITEMS_PREFIX_BYTES) {
    throw new EngineError(CORRUPTION, `cannot decode items: got ${payload.length} bytes`);
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  return {
    tenant: tenantId(view.getUint32(0, true)),
    bytes: payload.subarray(ITEMS_PREFIX_BYTES),
  };
}
