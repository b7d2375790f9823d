// Covers: src/config/kinds/tenant-limits-option.ts, src/config/kinds/limit-option.ts
import { expect, test } from "vitest";
import { ConfigError } from "#config/config-error.ts";
import { loadConfig } from "#config/load-config.ts";
import { parseTenantLimit } from "#config/tenant-limit.ts";

const MACHINE = { memoryBytes: 16 * 1024 ** 3, cores: 8 };

function limits(...args: string[]): unknown {
  return loadConfig({ args, environment: {}, machine: MACHINE, readFile: () => "" }).config.limits;
}

test("a tenant, and what it may have", () => {
  expect(parseTenantLimit("7:seriesMax=5: samplesPerSecondMax=unlimited")).toEqual({
    tenant: 7,
    seriesMax: 5,
    samplesPerSecondMax: Infinity,
  });
});

test.each(["", "7", "x:seriesMax=1", "4294967296:seriesMax=1", "7:seriesMax=0", "7:rate=1"])(
  "%j is refused",
  (text) => expect(parseTenantLimit(text)).toBeNull(),
);

test("nothing is limited until it is said", () => {
  expect(limits()).toEqual({ seriesMax: Infinity, samplesPerSecondMax: Infinity, tenants: [] });
  const args = ["--limits.seriesMax", "1_000", "--limits.tenants", "1:seriesMax=2, 3:seriesMax=4"];
  expect(limits(...args)).toEqual({
    seriesMax: 1000,
    samplesPerSecondMax: Infinity,
    tenants: ["1:seriesMax=2", "3:seriesMax=4"],
  });
});

test("a tenant is there once", () => {
  expect(() => limits("--limits.tenants", "1:seriesMax=2,1:seriesMax=4")).toThrow(ConfigError);
});
