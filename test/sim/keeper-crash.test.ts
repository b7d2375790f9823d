/**
 * Power cuts at every moment of the way from the log into blocks. Nothing acknowledged is lost,
 * nothing comes back twice; disk errors on the way only delay.
 * Covers: cluster/roles/
 */
import { expect, test } from "vitest";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { crashKeeper } from "./crash-states/keeper-crashes.ts";
import { DiskModel } from "./disk-model.ts";
import { type KeeperMistake, KeeperViolation } from "./keeper-node.ts";
import { checkKeeper, freshHistory, liveKeeper } from "./keeper-world.ts";
import { WalDisk } from "./wal-disk.ts";

/** As `crashKeeper`, for what must be caught. */
async function caught(mistake: KeeperMistake): Promise<unknown> {
  for (let seed = 1; seed <= 5; seed++) {
    try {
      await crashKeeper(seed, { lives: 3, steps: 80, rate: 0.02, mistake });
    } catch (error) {
      // Found in the middle of a write, which then could not be tidied up either.
      return error instanceof SuppressedError ? error.suppressed : error;
    }
  }
  return null;
}

test.each([1, 2])("no power cut loses or doubles a sample, seed %i", async (seed) => {
  expect(await crashKeeper(seed, { lives: 3, steps: 80, rate: 0.03 })).toBeGreaterThan(10);
});

test.each([11, 12])("also with disk errors, seed %i", async (seed) => {
  const faults = { faultRate: 0.02 };
  expect(await crashKeeper(seed, { lives: 3, steps: 80, rate: 0.03, ...faults })).toBeGreaterThan(
    10,
  );
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
  await expect(checking).rejects.toThrow(/shard 0 failed: .* was lost or rolled back: got none/);
});

test("nor is one whose manifest is an earlier one", async () => {
  const random = new SeededRandom(22);
  const model = new DiskModel();
  const history = freshHistory();
  const life = { random, steps: 100 };
  await liveKeeper(new WalDisk(model), history, { ...life, life: 1 });
  const folder = "shards/00001/manifest";
  const filesOf = (): readonly string[] => model.list(folder).map((name) => `${folder}/${name}`);
  const before = filesOf().map((path) => [path, model.liveSnapshot().get(path)!] as const);
  await liveKeeper(new WalDisk(model), history, { ...life, life: 2 });
  await checkKeeper(new WalDisk(model), history);
  for (const path of filesOf()) model.unlink(path);
  for (const [path, bytes] of before) model.create(path).write(bytes, 0);
  const checking = checkKeeper(new WalDisk(model), history);
  await expect(checking).rejects.toThrow(/shard 1 failed: .* was lost or rolled back: got version/);
});
