/**
 * Power cuts at every moment of a snapshot's life: taken, removed, restored. It is there whole, or
 * not at all, and what it was taken of is never touched.
 */
import { deepStrictEqual } from "node:assert/strict";
import { labelsOf } from "#model/labels.ts";
import { shardId, tenantId } from "#model/refs.ts";
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
import { crash } from "../disk-crash.ts";
import { DiskModel } from "../disk-model.ts";
import { WalDisk } from "../wal-disk.ts";

const owner = { clusterUuid: new Uint8Array(16), shard: shardId(0) };
export const SNAPSHOT_NAME = "20260101T000000Z-0000000000000001";
/** Crash states looked at per moment. */
const STATES = 6;
const tools = plainPageTools();

/** A data folder with two blocks and a series log; all of it durable. */
export async function snapshotSource(): Promise<{ model: DiskModel; state: ManifestState }> {
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
  deepStrictEqual((await readNodeFile(disk))?.nodeId, "node-1");
  const { state, corruptions } = await loadManifest(disk, owner);
  deepStrictEqual(corruptions, []);
  deepStrictEqual(state.flushedSeq, want.flushedSeq);
  deepStrictEqual([...state.blocks.values()], [...want.blocks.values()]);
  for (const { blockId } of state.blocks.values()) {
    const file = await BlockFile.open(disk, blockPath(owner.shard, blockId), owner, blockId);
    await verifyBlock(file, tools);
    await file.close();
  }
  const log = await loadSeriesLog(disk, owner, 0, () => {});
  deepStrictEqual(log.corruptions, []);
  deepStrictEqual(log.seriesCount, 5);
}

export async function takeSnapshot(disk: Disk, state: ManifestState): Promise<void> {
  const folder = new SnapshotFolder(disk);
  await folder.begin(SNAPSHOT_NAME);
  await snapshotShard(disk, folder.making(SNAPSHOT_NAME), owner, state);
  await folder.finish(SNAPSHOT_NAME);
}

export interface SnapshotCrashes {
  readonly tried: number;
  /** Whether it was there. */
  readonly seen: ReadonlySet<boolean>;
}

/** Runs `change` on the model; before each operation the crash states of that moment are checked. */
export async function crashSnapshot(
  model: DiskModel,
  state: ManifestState,
  change: (disk: Disk) => Promise<void>,
  seed: number,
): Promise<SnapshotCrashes> {
  const random = new SeededRandom(seed);
  const seen = new Set<boolean>();
  let tried = 0;
  const look = async (): Promise<void> => {
    for (let i = 0; i < STATES; i++) {
      tried++;
      const disk = new WalDisk(DiskModel.from(crash(model, random, { noise: "beyond-end" })));
      await check(disk, state);
      const folder = new SnapshotFolder(disk);
      const isThere = (await folder.list()).includes(SNAPSHOT_NAME);
      seen.add(isThere);
      if (isThere) await check(new FolderDisk(disk, `snapshots/${SNAPSHOT_NAME}`), state);
      await folder.sweep();
      deepStrictEqual(await disk.list("snapshots"), isThere ? [SNAPSHOT_NAME] : []);
    }
  };
  await change(new WalDisk(model, { beforeChange: look }));
  await look();
  return { tried, seen };
}

/** Every block of the manifests can be read, and all blocks of the one shard are in some part. */
async function checkParts(disk: Disk, count: number, want: ManifestState): Promise<void> {
  if (count === 1) return await check(disk, want);
  const found = new Set<number>();
  for (let number = 0; number < count; number++) {
    const part = { ...owner, shard: shardId(number) };
    const { state, corruptions } = await loadManifest(disk, part);
    deepStrictEqual(corruptions, []);
    for (const { blockId } of state.blocks.values()) {
      const file = await BlockFile.open(disk, blockPath(part.shard, blockId), owner, blockId);
      await verifyBlock(file, tools);
      await file.close();
      found.add(blockId);
    }
    deepStrictEqual((await loadSeriesLog(disk, part, 0, () => {})).corruptions, []);
  }
  deepStrictEqual(found.size, want.blocks.size);
}

/** A restore into so many shards. */
export async function crashRestore(count: number, seed: number): Promise<SnapshotCrashes> {
  const { model, state } = await snapshotSource();
  const from = new WalDisk(model);
  await takeSnapshot(from, state);
  const snapshot = new FolderDisk(from, `snapshots/${SNAPSHOT_NAME}`);
  const to = new DiskModel();
  const random = new SeededRandom(seed);
  const seen = new Set<boolean>();
  let tried = 0;
  const look = async (): Promise<void> => {
    tried++;
    const disk = new WalDisk(DiskModel.from(crash(to, random, { noise: "beyond-end" })));
    const isWhole = (await readNodeFile(disk)) !== null;
    seen.add(isWhole);
    if (isWhole) await checkParts(disk, count, state);
  };
  const into = new WalDisk(to, { beforeChange: look });
  const done = await restoreSnapshot(snapshot, into, () => {}, count);
  await look();
  deepStrictEqual(done.shards, count);
  return { tried, seen };
}

/** Taken, removed, restored whole and into four shards. */
export async function crashSnapshots(seed: number): Promise<number> {
  const { model, state } = await snapshotSource();
  const taken = await crashSnapshot(model, state, (disk) => takeSnapshot(disk, state), seed);
  const remove = async (disk: Disk): Promise<void> => {
    await new SnapshotFolder(disk).remove(SNAPSHOT_NAME);
  };
  const removed = await crashSnapshot(model, state, remove, seed);
  const restored = [await crashRestore(1, seed), await crashRestore(4, seed)];
  return [taken, removed, ...restored].reduce((sum, { tried }) => sum + tried, 0);
}
