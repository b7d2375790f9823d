/** The limits of tenants as the configuration has them. */
import { must } from "#base/assert.ts";
import { parseTenantLimit } from "#config/tenant-limit.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import type { ShardWorkerInit } from "./shard-worker-contract.ts";
import { TenantLimits } from "./tenant-limits.ts";

export function createTenantLimits(
  { config, memory }: ShardWorkerInit,
  clock: Clock,
): TenantLimits {
  const { seriesMax, samplesPerSecondMax, tenants } = config.limits;
  const fallback = { seriesMax, samplesPerSecondMax };
  const given = tenants.map((text) => must(parseTenantLimit(text), `limit ${text}`));
  return new TenantLimits({
    fallback,
    tenants: new Map(given.map(({ tenant, ...limits }) => [tenant, { ...fallback, ...limits }])),
    memory: memory.tenantLimits,
    clock,
  });
}
