/**
 * The one place where a request gets its tenant. Until credentials exist there is one tenant; a
 * header alone will never choose it.
 */
import type { IncomingMessage } from "node:http";
import { tenantId, type TenantId } from "#model/refs.ts";

const DEFAULT_TENANT: TenantId = tenantId(0);

export function tenantOf(_request: IncomingMessage): TenantId {
  return DEFAULT_TENANT;
}
