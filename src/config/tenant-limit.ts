/** The limits of one tenant as they stand in a configuration: `7:seriesMax=1000:...`. */
export interface TenantLimitText {
  readonly tenant: number;
  /** What is not given stays as it is for all tenants. */
  readonly seriesMax?: number;
  readonly samplesPerSecondMax?: number;
}

const NAMES = ["seriesMax", "samplesPerSecondMax"] as const;
const TENANT_MAX = 0xffff_ffff;
const LIMIT_MAX = 2_000_000_000;

/** Null when the text is no such limit. */
export function parseTenantLimit(text: string): TenantLimitText | null {
  const [tenantText = "", ...parts] = text.split(":").map((part) => part.trim());
  const tenant = /^\d{1,10}$/.test(tenantText) ? Number(tenantText) : Number.NaN;
  if (!(tenant <= TENANT_MAX) || parts.length === 0) return null;
  const limits: { [Name in (typeof NAMES)[number]]?: number } = {};
  for (const part of parts) {
    const [word = "", value = ""] = part.split("=");
    const name = NAMES.find((known) => known === word);
    if (name === undefined || limits[name] !== undefined) return null;
    const limit = value === "unlimited" ? Number.POSITIVE_INFINITY : integerOf(value);
    if (limit === null) return null;
    limits[name] = limit;
  }
  return { tenant, ...limits };
}

function integerOf(text: string): number | null {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= LIMIT_MAX ? value : null;
}
