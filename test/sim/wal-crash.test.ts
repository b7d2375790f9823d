/**
 * Power cuts, kills and disk errors at every moment of a log's lives, recoveries included.
 * Covers: src/tsdb/wal/log-loop.ts, src/tsdb/wal/segment-writer.ts, src/tsdb/wal/log-batch.ts
 */
import { expect, test } from "vitest";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { stepLog } from "#tsdb/wal/log-actor.ts";
import { DiskModel } from "./disk-model.ts";
import { between, chance, pick } from "./sim-random.ts";
import { WalDisk, type WalFault } from "./wal-disk.ts";
import {
  checkWal,
  live,
  tryCrashes,
  WalViolation,
  type WalHistory,
  type WalLifeOptions,
} from "./wal-world.ts";

/** Several lives, a power cut tried at every moment of each, three recoveries deep. */
async function campaign(seed: number, options: Partial<WalLifeOptions> = {}): Promise<number> {
  const random = new SeededRandom(seed);
  const model = new DiskModel();
  const history: WalHistory = { entries: [], promised: 0 };
  let tried = 0;
  for (let life = 0; life < 3; life++) {
    const isClosed = chance(random, 0.3);
    const records = between(random, 3, 12);
    await live(model, history, { records, isClosed, ...options, random }, async (now) => {
      tried += await tryCrashes(model, now, random, [16, 5, 3], options);
    });
  }
  // Healed: a life without faults opens, keeps what it takes, and leaves nothing to doubt.
  const { hooks: _, ...healed } = options;
  const end = await live(model, history, { records: 5, isClosed: true, ...healed, random });
  expect(end).toBe("open");
  expect(history.promised).toBe(history.entries.length);
  const { numbers, recovery } = await checkWal(new WalDisk(model), history);
  expect(numbers).toEqual(history.entries);
  expect(recovery.tornBytes).toBe(0);
  return tried;
}

/** Faults at a drawn rate; short writes often, so that torn batches meet every other fault. */
function faulty(random: SeededRandom, rate: number): Partial<WalLifeOptions> {
  const faultAt = (): WalFault | null =>
    chance(random, rate) ? pick(random, ["io", "no-space", "short", "short"] as const) : null;
  return { hooks: { faultAt } };
}

test.each([1, 2, 3, 4])("power cuts lose nothing acknowledged, seed %i", async (seed) => {
  expect(await campaign(seed)).toBeGreaterThan(300);
});

test.each([11, 12, 13, 14, 15, 16])("also with disk errors, seed %i", async (seed) => {
  expect(await campaign(seed, faulty(new SeededRandom(seed), 0.08))).toBeGreaterThan(300);
});

test("a log that does not sync is caught", async () => {
  await expect(campaign(1, { unsafeSkipSync: true })).rejects.toThrow(WalViolation);
});

test("a log that acknowledges before the sync is caught", async () => {
  const ackEarly: typeof stepLog = (state, message, nowMs) => {
    const effects = stepLog(state, message, nowMs);
    if (!effects.some((effect) => effect.kind === "sync") || state.batch === null) return effects;
    const position = state.position + state.batch.recordBytes;
    return [{ kind: "publish", position, batchBytes: 0 }, ...effects];
  };
  await expect(campaign(1, { step: ackEarly })).rejects.toThrow(WalViolation);
});
