/**
 * Power cuts at every moment of a snapshot's life: it is there whole, or not at all, and what it was
 * taken of is never touched.
 * Covers: src/tsdb/snapshot/
 */
import { expect, test } from "vitest";
import { labelsOf } from "#model/labels.ts";
import { epoch, shardId, tenantId } from "#model/refs.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { bitsOf, buildBatch } from "#test/support/batch-builder.ts";
import { FlushingShard } from "#test/support/flushing-shard.ts";
import { plainPageTools } from "#test/support/plain-pages.ts";
import { cutAfter, logCutOf } from "#test/support/series-log-rig.ts";
import { BlockFile } from "#tsdb/block/block-file.ts";
import { blockPath } from "#tsdb/block/block-path.ts";
import { verifyBlock } from "#tsdb/block/block-verify.ts";
import { loadManifest } from "#tsdb/manifest/manifest-load.ts";
import type { ManifestState } from "#tsdb/manifest/manifest-state.ts";
import { readNodeFile, writeNodeFile } from "#tsdb/node-file.ts";
import { loadSeriesLog } from "#tsdb/series-log/series-log-load.ts";
import { SeriesLog } from "#tsdb/series-log/series-log.ts";
import { FolderDisk } from "#tsdb/snapshot/folder-disk.ts";
import { restoreSnapshot } from "#tsdb/snapshot/restore-snapshot.ts";
import { SnapshotFolder } from "#tsdb/snapshot/snapshot-folder.ts";
import { snapshotShard } from "#tsdb/snapshot/snapshot-shard.ts";
import { crash } from "./disk-crash.ts";
import { DiskModel } from "./disk-model.ts";
import { unsyncedDisk } from "./unsynced-disk.ts";
import { WalDisk } from "./wal-disk.ts";

const owner = { clusterUuid: new Uint8Array(16), shard: shardId(0) };
const NAME = "20260101T000000Z-0000000000000001";
/** Crash states looked at per moment. */
const STATES = 6;
const tools = plainPageTools();

/** A data folder with two blocks and a series log; all of it durable. */
async function dataFolder(): Promise<{ model: DiskModel; state: ManifestState }> {
  const shard = await FlushingShard.open();
  for (const startMs of [0, 10_000_000]) {
    const rows = Array.from({ length: 20 }, (_, i) => ({
      series: labelsOf([["__name__", `m${i % 3}`]]),
      timestampMs: startMs + 1000 * i,
      bits: bitsOf(i),
    }));
    shard.append(buildBatch(tenantId(0), shard.store.generation, rows));
    shard.cut();
    await shard.flush();
  }
  const { disk } = shard.rig;
  const log = await SeriesLog.open({ disk, owner, flushedSeq: 0 }, () => {});
  await log.append(logCutOf(cutAfter(undefined, 5, () => false)));
  await writeNodeFile(disk, {
    clusterUuid: owner.clusterUuid.toHex(),
    nodeId: "node-1",
    shardCount: 1,
    hashSeed: [1, 2],
    lanes: 4,
    bootCount: 3,
    shardLogs: [0],
  });
  return { model: DiskModel.from(shard.rig.model.liveSnapshot()), state: shard.state };
}

/** Everything that the folder states can be read, and is what it was. */
async function check(disk: Disk, want: ManifestState): Promise<void> {
  expect(await readNodeFile(disk)).toMatchObject({ nodeId: "node-1" });
  const { state, corruptions } = await loadManifest(disk, owner);
  expect(corruptions).toEqual([]);
  expect(state.flushedSeq).toBe(want.flushedSeq);
  expect([...state.blocks.values()]).toEqual([...want.blocks.values()]);
  for (const { blockId } of state.blocks.values()) {
    const file = await BlockFile.open(disk, blockPath(owner.shard, blockId), owner, blockId);
    await verifyBlock(file, tools);
    await file.close();
  }
  const log = await loadSeriesLog(disk, owner, 0, () => {});
  expect(log.corruptions).toEqual([]);
  expect(log.seriesCount).toBe(5);
}

async function take(disk: Disk, state: ManifestState): Promise<void> {
  const folder = new SnapshotFolder(disk);
  await folder.begin(NAME);
  await snapshotShard(disk, folder.making(NAME), owner, state);
  await folder.finish(NAME);
}

/** Runs `change` on the model; before each operation the crash states of that moment are checked. */
async function throughCrashes(
  model: DiskModel,
  state: ManifestState,
  change: (disk: Disk) => Promise<void>,
  seed: number,
): Promise<Set<boolean>> {
  const random = new SeededRandom(seed);
  const seen = new Set<boolean>();
  const look = async (): Promise<void> => {
    for (let i = 0; i < STATES; i++) {
      const disk = new WalDisk(DiskModel.from(crash(model, random, { noise: "beyond-end" })));
      await check(disk, state);
      const folder = new SnapshotFolder(disk);
      const isThere = (await folder.list()).includes(NAME);
      seen.add(isThere);
      if (isThere) await check(new FolderDisk(disk, `snapshots/${NAME}`), state);
      await folder.sweep();
      expect(await disk.list("snapshots")).toEqual(isThere ? [NAME] : []);
    }
  };
  await change(new WalDisk(model, { beforeChange: look }));
  await look();
  return seen;
}

test.each([1, 2])("a snapshot is whole or not there, however it ends (seed %i)", async (seed) => {
  const { model, state } = await dataFolder();
  const take1 = await throughCrashes(model, state, (disk) => take(disk, state), seed);
  expect(take1).toEqual(new Set([false, true]));
  const remove = async (disk: Disk): Promise<void> => {
    expect(await new SnapshotFolder(disk).remove(NAME)).toBe(true);
    expect(await new SnapshotFolder(disk).remove(NAME)).toBe(false);
  };
  expect(await throughCrashes(model, state, remove, seed)).toEqual(new Set([true, false]));
});

test("a disk that forgets to sync is caught", async () => {
  const { model, state } = await dataFolder();
  const change = (disk: Disk): Promise<void> => take(unsyncedDisk(disk), state);
  await expect(throughCrashes(model, state, change, 3)).rejects.toThrow();
});

test.each([1, 4])("a restore into %i shards is whole with its node file only", async (count) => {
  const { model, state } = await dataFolder();
  const from = new WalDisk(model);
  await take(from, state);
  const snapshot = new FolderDisk(from, `snapshots/${NAME}`);
  const to = new DiskModel();
  const random = new SeededRandom(5);
  const seen = new Set<boolean>();
  const look = async (): Promise<void> => {
    const disk = new WalDisk(DiskModel.from(crash(to, random, { noise: "beyond-end" })));
    const isWhole = (await readNodeFile(disk)) !== null;
    seen.add(isWhole);
    if (isWhole) await checkParts(disk, count, state);
  };
  const into = new WalDisk(to, { beforeChange: look });
  const done = await restoreSnapshot(snapshot, into, () => {}, count);
  await look();
  expect(seen).toEqual(new Set([false, true]));
  expect(done.shards).toBe(count);
  const empty = new WalDisk(new DiskModel());
  await expect(restoreSnapshot(empty, from, () => {})).rejects.toThrow("this is no snapshot");
});

/** Every block of the manifests can be read, and all blocks of the one shard are in some part. */
async function checkParts(disk: Disk, count: number, want: ManifestState): Promise<void> {
  if (count === 1) return await check(disk, want);
  const found = new Set<number>();
  for (let number = 0; number < count; number++) {
    const part = { ...owner, shard: shardId(number) };
    const { state, corruptions } = await loadManifest(disk, part);
    expect(corruptions).toEqual([]);
    for (const { blockId } of state.blocks.values()) {
      const file = await BlockFile.open(disk, blockPath(part.shard, blockId), owner, blockId);
      await verifyBlock(file, tools);
      await file.close();
      found.add(blockId);
    }
    expect((await loadSeriesLog(disk, part, 0, () => {})).corruptions).toEqual([]);
  }
  expect(found.size).toBe(want.blocks.size);
}

test("an older epoch's manifest is not needed: the copy states the whole", async () => {
  const { model, state } = await dataFolder();
  await take(new WalDisk(model), state);
  const inside = new FolderDisk(new WalDisk(model), `snapshots/${NAME}`);
  expect((await loadManifest(inside, owner)).state).toMatchObject({ epoch: epoch(1), version: 1 });
});
