/** Covers: src/tsdb/snapshot/folder-disk.ts, src/tsdb/snapshot/copy-file.ts */
import { expect, test } from "vitest";
import { DiskModel } from "#test/sim/disk-model.ts";
import { WalDisk } from "#test/sim/wal-disk.ts";
import { copyFile } from "#tsdb/snapshot/copy-file.ts";
import { isSnapshotName, SnapshotFolder } from "#tsdb/snapshot/snapshot-folder.ts";

test("names have nothing in them that means something in a path", () => {
  expect(isSnapshotName("20260101T000000Z-00aa")).toBe(true);
  for (const name of ["", ".", "..", "a/b", "-a", "a.tmp", "a".repeat(129)]) {
    expect(isSnapshotName(name), name).toBe(false);
  }
});

test("a snapshot in the making counts for nothing, and goes when it is given up", async () => {
  const disk = new WalDisk(new DiskModel());
  const folder = new SnapshotFolder(disk);
  await folder.begin("one");
  const inside = folder.making("one");
  await inside.mkdir("a/b");
  const file = await inside.open("a/b/c", "create");
  await file.pwrite(Uint8Array.of(1, 2, 3), 0);
  expect(await folder.list()).toEqual([]);
  expect(await copyFile(inside, disk, "a/b/c").catch(() => "no folder")).toBe("no folder");
  await disk.mkdir("a/b");
  expect(await copyFile(inside, disk, "a/b/c")).toBe(3);
  expect(disk.model.liveSnapshot().get("a/b/c")).toEqual(Uint8Array.of(1, 2, 3));
  await folder.discard("one");
  expect(await disk.list("snapshots")).toEqual([]);
  // Also when it was never begun.
  await folder.discard("two");
  await expect(folder.finish("two")).rejects.toThrow("the folder has no node.json");
});
