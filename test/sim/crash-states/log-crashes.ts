/**
 * Power cuts, kills and disk errors at every moment of a log's lives: appends, group commits, rolls
 * of segments, recoveries. `wal-world.ts` holds the oracle; here is the order of events of one seed.
 */
import { deepStrictEqual } from "node:assert/strict";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { DiskModel } from "../disk-model.ts";
import { between, chance, pick } from "../sim-random.ts";
import { WalDisk, type WalFault } from "../wal-disk.ts";
import { checkWal, live, tryCrashes, type WalHistory, type WalLifeOptions } from "../wal-world.ts";

/** Several lives, a power cut tried at every moment of each, three recoveries deep. */
export async function crashLog(
  seed: number,
  options: Partial<WalLifeOptions> = {},
): Promise<number> {
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
  deepStrictEqual(end, "open");
  deepStrictEqual(history.promised, history.entries.length);
  const { numbers, recovery } = await checkWal(new WalDisk(model), history);
  deepStrictEqual(numbers, history.entries);
  deepStrictEqual(recovery.tornBytes, 0);
  return tried;
}

/** Faults at a drawn rate; short writes often, so that torn batches meet every other fault. */
export function failingLogDisk(random: SeededRandom, rate: number): Partial<WalLifeOptions> {
  const faultAt = (): WalFault | null =>
    chance(random, rate) ? pick(random, ["io", "no-space", "short", "short"] as const) : null;
  return { hooks: { faultAt } };
}
