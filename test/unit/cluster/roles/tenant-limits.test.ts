// Covers: cluster/roles/create-tenant-limits.ts
import { expect, test } from "vitest";
import { allocateTenantLimits, TenantLimits } from "#cluster/roles/tenant-limits.ts";
import { tenantId } from "#model/refs.ts";

const A = tenantId(0);
const B = tenantId(4_000_000_000);

function rig(limit: { seriesMax?: number; samplesPerSecondMax?: number } = {}): {
  workers: TenantLimits[];
  pass: (ms: number) => void;
} {
  let nowMs = 1_000_000;
  const memory = allocateTenantLimits();
  const unlimited = { seriesMax: Infinity, samplesPerSecondMax: Infinity };
  const workers = [0, 1].map(
    () =>
      new TenantLimits({
        fallback: unlimited,
        tenants: new Map([[Number(B), { ...unlimited, ...limit }]]),
        memory,
        clock: { wallMs: () => 0, monoMs: () => nowMs },
      }),
  );
  return { workers, pass: (ms) => void (nowMs += ms) };
}

test("places are taken once, whichever worker asks, and come back", () => {
  const { workers } = rig({ seriesMax: 10 });
  const [one, two] = workers as [TenantLimits, TenantLimits];
  expect(one.limitOf(B)).toBe(10);
  expect(one.take(B, 7)).toBe(7);
  expect(two.take(B, 7)).toBe(3);
  expect(two.take(B, 1)).toBe(0);
  expect([one.seriesRefused, two.seriesRefused]).toEqual([0, 5]);
  one.note(B, -2);
  expect(two.take(B, 5)).toBe(2);
  // What a log brought back counts beyond the limit too.
  one.note(B, 5);
  one.note(B, -5);
  expect(two.take(B, 1)).toBe(0);
});

test("a tenant without a limit is not counted", () => {
  const { workers } = rig({ seriesMax: 1, samplesPerSecondMax: 1 });
  expect(workers[0]!.take(A, 1e9)).toBe(1e9);
  workers[0]!.chargeSamples(A, 1e9);
});

test("whether anybody has to count series", () => {
  expect(rig({ seriesMax: 1 }).workers[0]!.limitsSeries).toBe(true);
  expect(rig({ samplesPerSecondMax: 1 }).workers[0]!.limitsSeries).toBe(false);
});

test("samples are metered over all workers, with room for a burst", () => {
  const { workers, pass } = rig({ samplesPerSecondMax: 1000 });
  const [one, two] = workers as [TenantLimits, TenantLimits];
  // A request larger than the burst passes, and the next ones wait for it.
  one.chargeSamples(B, 20_000);
  expect(() => two.chargeSamples(B, 1)).toThrow(
    expect.objectContaining({
      code: "storage.tenant-limit",
      http: 429,
      retryable: true,
      message: expect.stringContaining("1000 samples per second (limits.samplesPerSecondMax)"),
    }),
  );
  expect(two.samplesRefused).toBe(1);
  pass(4999);
  expect(() => two.chargeSamples(B, 1)).toThrow("cannot take 1 samples of tenant 4000000000");
  pass(1);
  two.chargeSamples(B, 1);
});

test("a steady sender at its rate is never refused", () => {
  const { workers, pass } = rig({ samplesPerSecondMax: 1000 });
  for (let second = 0; second < 600; second += 10) {
    workers[0]!.chargeSamples(B, 10_000);
    pass(10_000);
  }
  expect(workers[0]!.samplesRefused).toBe(0);
});
