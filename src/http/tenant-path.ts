/**
 * Which tenant a request is about: it stands in the path, in the form VictoriaMetrics made known,
 * `/insert/TENANT/prometheus/api/v1/write` and `/select/TENANT/prometheus/api/v1/query`. A path
 * without it belongs to the default tenant. No header chooses a tenant.
 */
import { tenantId, type TenantId, U32_MAX } from "#model/refs.ts";
import type { Route } from "./route-table.ts";

export interface TenantPath {
  readonly tenant: TenantId;
  /** As if there were one tenant only. */
  readonly path: string;
  /** Which routes may follow; null for all of them. */
  readonly side: "insert" | "select" | null;
}

const TENANT_PATH = /^\/(insert|select)\/(\d{1,10})\/prometheus(\/.*)$/;
const DEFAULT_TENANT: TenantId = tenantId(0);

/** Null when the number is no tenant's. */
export function parseTenantPath(path: string): TenantPath | null {
  const match = TENANT_PATH.exec(path);
  if (match === null) return { tenant: DEFAULT_TENANT, path, side: null };
  const number = Number(match[2]);
  if (number > U32_MAX) return null;
  return { tenant: tenantId(number), path: match[3]!, side: match[1] as "insert" | "select" };
}

/** Samples go in on one side and queries on the other; nothing else has a tenant. */
export function isOnSide({ side }: TenantPath, { auth, kind }: Route): boolean {
  if (side === null) return true;
  return side === "insert" ? auth === "write" : auth === "read" && kind === "api";
}
