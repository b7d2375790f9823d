/**
 * Power cuts at every moment of a snapshot's life: it is there whole, or not at all, and what it was
 * taken of is never touched.
 * Covers: src/tsdb/snapshot/
 */
import { expect, test } from "vitest";
import { epoch, shardId } from "#model/refs.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import { loadManifest } from "#tsdb/manifest/manifest-load.ts";
import { FolderDisk } from "#tsdb/snapshot/folder-disk.ts";
import { restoreSnapshot } from "#tsdb/snapshot/restore-snapshot.ts";
import { SnapshotFolder } from "#tsdb/snapshot/snapshot-folder.ts";
import {
  crashRestore,
  crashSnapshot,
  SNAPSHOT_NAME,
  snapshotSource,
  takeSnapshot,
} from "./crash-states/snapshot-crashes.ts";
import { DiskModel } from "./disk-model.ts";
import { unsyncedDisk } from "./unsynced-disk.ts";
import { WalDisk } from "./wal-disk.ts";

const owner = { clusterUuid: new Uint8Array(16), shard: shardId(0) };

test.each([1, 2])("a snapshot is whole or not there, however it ends (seed %i)", async (seed) => {
  const { model, state } = await snapshotSource();
  const taken = await crashSnapshot(model, state, (disk) => takeSnapshot(disk, state), seed);
  expect(taken.seen).toEqual(new Set([false, true]));
  const remove = async (disk: Disk): Promise<void> => {
    expect(await new SnapshotFolder(disk).remove(SNAPSHOT_NAME)).toBe(true);
    expect(await new SnapshotFolder(disk).remove(SNAPSHOT_NAME)).toBe(false);
  };
  const removed = await crashSnapshot(model, state, remove, seed);
  expect(removed.seen).toEqual(new Set([true, false]));
});

test("a disk that forgets to sync is caught", async () => {
  const { model, state } = await snapshotSource();
  const change = (disk: Disk): Promise<void> => takeSnapshot(unsyncedDisk(disk), state);
  await expect(crashSnapshot(model, state, change, 3)).rejects.toThrow();
});

test.each([1, 4])("a restore into %i shards is whole with its node file only", async (count) => {
  expect((await crashRestore(count, 5)).seen).toEqual(new Set([false, true]));
});

test("what is no snapshot is not restored", async () => {
  const empty = new WalDisk(new DiskModel());
  const into = new WalDisk(new DiskModel());
  await expect(restoreSnapshot(empty, into, () => {})).rejects.toThrow("this is no snapshot");
});

test("an older epoch's manifest is not needed: the copy states the whole", async () => {
  const { model, state } = await snapshotSource();
  await takeSnapshot(new WalDisk(model), state);
  const inside = new FolderDisk(new WalDisk(model), `snapshots/${SNAPSHOT_NAME}`);
  expect((await loadManifest(inside, owner)).state).toMatchObject({ epoch: epoch(1), version: 1 });
});
