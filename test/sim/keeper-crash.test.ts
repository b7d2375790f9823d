/**
 * Power cuts at every moment of the way from the log into blocks: cut, flush, series log, manifest,
 * switch, merge, truncation, and the starts behind them. Nothing acknowledged is lost, nothing comes
 * back twice; disk errors on the way only delay.
 * Covers: cluster/roles/
 */
import { expect, test } from "vitest";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { crash } from "./disk-crash.ts";
import { DiskModel } from "./disk-model.ts";
import {
  checkKeeper,
  freshHistory,
  type KeeperMistake,
  KeeperViolation,
  liveKeeper,
} from "./keeper-world.ts";
import { chance, pick } from "./sim-random.ts";
import { WalDisk, type WalDiskHooks, type WalFault } from "./wal-disk.ts";

/** Crash states looked at per moment; more moments find more than more states of one. */
const STATES_MAX = 3;

interface Campaign {
  readonly lives: number;
  readonly steps: number;
  /** Share of the moments that are looked at. */
  readonly rate: number;
  readonly mistake?: KeeperMistake;
  readonly faultRate?: number;
}

/** Several lives, each ended by a crash into one of the states that it might leave. */
async function campaign(seed: number, options: Campaign): Promise<number> {
  const { lives, steps, rate, mistake = null, faultRate = 0 } = options;
  const random = new SeededRandom(seed);
  const faultAt: WalDiskHooks["faultAt"] = () =>
    chance(random, faultRate) ? pick<WalFault>(random, ["io", "no-space", "short"]) : null;
  let model = new DiskModel();
  const history = freshHistory();
  let tried = 0;
  const look = async (): Promise<void> => {
    if (!chance(random, rate)) return;
    for (let state = 0; state < STATES_MAX; state++) {
      tried++;
      const crashed = DiskModel.from(crash(model, random, { noise: "beyond-end" }));
      await checkKeeper(new WalDisk(crashed), history);
    }
  };
  for (let life = 1; life <= lives; life++) {
    const disk = new WalDisk(model, { faultAt, beforeChange: look });
    await liveKeeper(disk, history, { random, life, steps, mistake });
    model = DiskModel.from(crash(model, random, { noise: "beyond-end" }));
    await checkKeeper(new WalDisk(model), history);
  }
  expect(history.acked.size).toBeGreaterThan(lives);
  return tried;
}

/** As `campaign`, for what must be caught. */
async function caught(mistake: KeeperMistake): Promise<unknown> {
  for (let seed = 1; seed <= 5; seed++) {
    try {
      await campaign(seed, { lives: 3, steps: 80, rate: 0.02, mistake });
    } catch (error) {
      return error;
    }
  }
  return null;
}

test.each([1, 2])("no power cut loses or doubles a sample, seed %i", async (seed) => {
  expect(await campaign(seed, { lives: 3, steps: 80, rate: 0.03 })).toBeGreaterThan(10);
});

test.each([11, 12])("also with disk errors, seed %i", async (seed) => {
  const faults = { faultRate: 0.02 };
  expect(await campaign(seed, { lives: 3, steps: 80, rate: 0.03, ...faults })).toBeGreaterThan(10);
});

test.each<KeeperMistake>(["drops-too-much", "forgets-series", "flushes-nothing"])(
  "a keeper that %s is caught",
  async (mistake) => {
    expect(await caught(mistake)).toBeInstanceOf(KeeperViolation);
  },
);

test("a shard whose manifest is gone, and with it the way to its blocks, is not served", async () => {
  const random = new SeededRandom(21);
  const model = new DiskModel();
  const history = freshHistory();
  await liveKeeper(new WalDisk(model), history, { random, life: 1, steps: 200 });
  await checkKeeper(new WalDisk(model), history);
  expect(model.list("wal/0007")).not.toContain("00000001.wal");
  const folder = "shards/00000/manifest";
  for (const name of model.list(folder)) model.unlink(`${folder}/${name}`);
  const checking = checkKeeper(new WalDisk(model), history);
  await expect(checking).rejects.toThrow(/shard 0 failed|records are lost/);
});
