/**
 * Power cuts at every moment of writing a block: its name is absent or leads to all of it, and what
 * was there before stays.
 */
import { deepStrictEqual } from "node:assert/strict";
import { assert } from "#base/assert.ts";
import { BlockRig, expectedOf, scrapedSeries, type PlainSeries } from "#test/support/block-rig.ts";
import { blockIdOf } from "#tsdb/block/block-path.ts";
import { enumerateCrashStates } from "../disk-crash-states.ts";
import { DiskModel } from "../disk-model.ts";
import { unsyncedDisk } from "../unsynced-disk.ts";

const folder = "shards/00003/blocks";
export const writtenBefore: readonly PlainSeries[] = scrapedSeries(2, 2, 20);
export const writtenSeries: readonly PlainSeries[] = scrapedSeries(3, 4, 40);

/** Throws when a named block is not whole; returns the ids that are there. */
export async function checkBlocks(
  model: DiskModel,
  isDone: boolean,
  series: readonly PlainSeries[] = writtenSeries,
): Promise<void> {
  const rig = new BlockRig({ model });
  const ids = model
    .list(folder)
    .map(blockIdOf)
    .filter((id) => id > 0);
  assert(ids.includes(1), "block 1 is gone");
  assert(!isDone || ids.includes(2), "block 2 is gone");
  deepStrictEqual(await rig.readAll(1), expectedOf(writtenBefore));
  if (!ids.includes(2)) return;
  deepStrictEqual(await rig.readAll(2), expectedOf(series));
  const reader = await rig.open(2);
  await reader.verify();
  await reader.close();
}

export async function crashBlockWrite(
  limit: number,
  isSyncing: boolean,
  series: readonly PlainSeries[] = writtenSeries,
): Promise<number> {
  const model = new DiskModel();
  await new BlockRig({ model }).write(writtenBefore);
  let tried = 0;
  const moment = async (isDone = false): Promise<void> => {
    for (const snapshot of enumerateCrashStates(model, limit)) {
      tried++;
      await checkBlocks(DiskModel.from(snapshot), isDone, series);
    }
  };
  const rig = new BlockRig({ model, hooks: { beforeChange: () => moment() } });
  const disk = isSyncing ? rig.disk : unsyncedDisk(rig.disk);
  await rig.write(series, { blockId: 2, disk, writeBytes: 1024 });
  await moment(true);
  return tried;
}
