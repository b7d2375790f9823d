import { expect, test } from "vitest";
import { createProcessMetrics } from "#runtime/node/process-metrics.ts";

test("the process figures are there, finite and plausible", () => {
  const families = createProcessMetrics()();
  const values = new Map(families.map(({ name, samples }) => [name, samples[0]!.value]));
  for (const [name, value] of values) {
    expect(Number.isFinite(value), name).toBe(true);
  }
  expect(values.get("process_resident_memory_bytes")).toBeGreaterThan(1 << 20);
  expect(values.get("process_start_time_seconds")).toBeGreaterThan(1.7e9);
  if (process.platform === "linux") expect(values.get("process_open_fds")).toBeGreaterThan(2);
});
