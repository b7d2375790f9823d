// Covers: src/cli/commands/snapshot.ts
import { expect, test } from "vitest";
import { DiskModel } from "#test/sim/disk-model.ts";
import { WalDisk } from "#test/sim/wal-disk.ts";
import { writeNodeFile } from "#tsdb/node-file.ts";
import { FolderDisk } from "#tsdb/snapshot/folder-disk.ts";
import { SnapshotFolder } from "#tsdb/snapshot/snapshot-folder.ts";
import { FakeCli } from "./fake-cli.ts";

/** A data folder with one snapshot, of shards that never had anything. */
async function folderWith(name: string): Promise<FakeCli> {
  const disk = new WalDisk(new DiskModel());
  await writeNodeFile(disk, {
    clusterUuid: "0".repeat(32),
    nodeId: "node-1",
    shardCount: 2,
    hashSeed: [1, 2],
    lanes: 4,
    bootCount: 3,
    shardLogs: [0, 0],
  });
  const folder = new SnapshotFolder(disk);
  await folder.begin(name);
  await folder.finish(name);
  const cli = new FakeCli();
  cli.folders.set("/data", disk);
  cli.folders.set(`/data/snapshots/${name}`, new FolderDisk(disk, `snapshots/${name}`));
  return cli;
}

function snapshot(cli: FakeCli, ...args: string[]): Promise<FakeCli> {
  cli.out = "";
  cli.err = "";
  return cli.run("snapshot", ...args, "--data", "/data");
}

test("a node is asked for one, and its name printed", async () => {
  const cli = new FakeCli();
  cli.reply = () =>
    Promise.resolve({ status: 200, body: '{"status":"success","data":{"name":"a"}}' });
  await cli.run("snapshot", "create", "--url", "http://n:1/", "--skip-head");
  expect([cli.code, cli.out]).toEqual([0, "a\n"]);
  expect(cli.posted).toMatchObject([
    { url: "http://n:1/api/v1/admin/tsdb/snapshot", form: { skip_head: "true" } },
  ]);
  cli.reply = () => Promise.resolve({ status: 403, body: "admin APIs disabled" });
  await cli.run("snapshot", "create");
  expect([cli.code, cli.err]).toEqual([
    1,
    "gyre: cannot take a snapshot: got admin APIs disabled\n",
  ]);
});

test("listed, verified, restored, deleted", async () => {
  const cli = await folderWith("one");
  expect((await snapshot(cli, "list")).out).toBe("one\n");
  expect((await snapshot(cli, "verify", "one")).out).toMatch(/blocks +0/);
  expect(cli.code).toBe(0);
  const target = new WalDisk(new DiskModel());
  cli.folders.set("/to", target);
  expect((await snapshot(cli, "restore", "one", "--to", "/to")).out).toContain("restored 2 shards");
  expect(await target.list("")).toEqual(["node.json"]);
  cli.folders.set("/more", new WalDisk(new DiskModel()));
  const more = await snapshot(cli, "restore", "one", "--to", "/more", "--shards", "16");
  expect(more.out).toContain("restored 16 shards");
  cli.folders.set("/odd", new WalDisk(new DiskModel()));
  const odd = await snapshot(cli, "restore", "one", "--to", "/odd", "--shards", "6");
  expect(odd.err).toContain('--shards: got "6", want 2 times a power of two');
  await snapshot(cli, "restore", "one", "--to", "/to");
  expect([cli.code, cli.err]).toEqual([
    1,
    "gyre: cannot restore to /to: got node.json in it, want none\n",
  ]);
  expect((await snapshot(cli, "delete", "one")).code).toBe(0);
  expect((await snapshot(cli, "list")).out).toBe("");
  expect((await snapshot(cli, "delete", "one")).err).toContain("cannot delete one");
  expect((await snapshot(cli, "verify", "two")).err).toContain("no such folder");
});

test.each([[], ["take"], ["verify"], ["list", "one"], ["verify", "one", "two"], ["restore", "a"]])(
  "%j is not understood",
  async (...args: string[]) => {
    expect((await snapshot(new FakeCli(), ...args)).code).toBe(2);
  },
);
