/**
 * Power cuts, kills and disk errors at every moment of a log's lives, recoveries included.
 * Covers: src/tsdb/wal/log-loop.ts, src/tsdb/wal/segment-writer.ts, src/tsdb/wal/log-batch.ts
 */
import { expect, test } from "vitest";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { stepLog } from "#tsdb/wal/log-actor.ts";
import { crashLog, failingLogDisk } from "./crash-states/log-crashes.ts";
import { WalViolation } from "./wal-world.ts";

test.each([1, 2, 3, 4])("power cuts lose nothing acknowledged, seed %i", async (seed) => {
  expect(await crashLog(seed)).toBeGreaterThan(300);
});

test.each([11, 12, 13, 14, 15, 16])("also with disk errors, seed %i", async (seed) => {
  expect(await crashLog(seed, failingLogDisk(new SeededRandom(seed), 0.08))).toBeGreaterThan(300);
});

test("a log that does not sync is caught", async () => {
  await expect(crashLog(1, { unsafeSkipSync: true })).rejects.toThrow(WalViolation);
});

test("a log that acknowledges before the sync is caught", async () => {
  const ackEarly: typeof stepLog = (state, message, nowMs) => {
    const effects = stepLog(state, message, nowMs);
    if (!effects.some((effect) => effect.kind === "sync") || state.batch === null) return effects;
    const position = state.position + state.batch.recordBytes;
    return [{ kind: "publish", position, batchBytes: 0 }, ...effects];
  };
  await expect(crashLog(1, { step: ackEarly })).rejects.toThrow(WalViolation);
});
