/**
 * Power cuts and disk errors at every moment of writing a block: its name is absent or leads to all
 * of it, and what was there before stays.
 * Covers: src/tsdb/block/block-writer.ts, src/tsdb/block/temporary-file.ts
 */
import { expect, test } from "vitest";
import { EngineError } from "#base/engine-error.ts";
import { BlockRig, expectedOf, scrapedSeries } from "#test/support/block-rig.ts";
import { blockIdOf } from "#tsdb/block/block-path.ts";
import { enumerateCrashStates } from "./disk-crash-states.ts";
import { DiskModel } from "./disk-model.ts";
import { unsyncedDisk } from "./unsynced-disk.ts";

const folder = "shards/00003/blocks";
const before = scrapedSeries(2, 2, 20);
const series = scrapedSeries(3, 4, 40);

/** Throws when a named block is not whole; returns the ids that are there. */
async function check(model: DiskModel, isDone: boolean): Promise<void> {
  const rig = new BlockRig({ model });
  const ids = model
    .list(folder)
    .map(blockIdOf)
    .filter((id) => id > 0);
  expect(ids).toContain(1);
  if (isDone) expect(ids).toContain(2);
  expect(await rig.readAll(1)).toEqual(expectedOf(before));
  if (!ids.includes(2)) return;
  expect(await rig.readAll(2)).toEqual(expectedOf(series));
  const reader = await rig.open(2);
  await reader.verify();
  await reader.close();
}

async function crashWhileWriting(limit: number, isSyncing: boolean): Promise<number> {
  const model = new DiskModel();
  await new BlockRig({ model }).write(before);
  let tried = 0;
  const moment = async (isDone = false): Promise<void> => {
    for (const snapshot of enumerateCrashStates(model, limit)) {
      tried++;
      await check(DiskModel.from(snapshot), isDone);
    }
  };
  const rig = new BlockRig({ model, hooks: { beforeChange: () => moment() } });
  const disk = isSyncing ? rig.disk : unsyncedDisk(rig.disk);
  await rig.write(series, { blockId: 2, disk, writeBytes: 1024 });
  await moment(true);
  return tried;
}

test("no power cut leaves half a block", async () => {
  expect(await crashWhileWriting(60, true)).toBeGreaterThan(150);
});

test("a disk that forgets to sync is caught", async () => {
  await expect(crashWhileWriting(60, false)).rejects.toThrow();
});

test.each(["io", "no-space", "short"] as const)(
  "a disk with %s keeps what it had",
  async (fault) => {
    let isOver = false;
    for (let nth = 0; !isOver; nth++) {
      const model = new DiskModel();
      await new BlockRig({ model }).write(before);
      isOver = true;
      const faultAt = (index: number): typeof fault | null => {
        if (index !== nth) return null;
        isOver = false;
        return fault;
      };
      const rig = new BlockRig({ model, hooks: { faultAt } });
      let failed = false;
      try {
        await rig.write(series, { blockId: 2 });
      } catch (error) {
        expect(error).toBeInstanceOf(EngineError);
        failed = true;
      }
      expect(failed, `operation ${nth}`).toBe(fault !== "short" && !isOver);
      await check(model, !failed);
      // The next block takes another id and is not disturbed by what is left.
      await new BlockRig({ model }).write(series, { blockId: 3 });
      expect(await new BlockRig({ model }).readAll(3)).toEqual(expectedOf(series));
    }
  },
);
