// Covers: src/cli/commands/inspect.ts, src/cli/inspect/, src/cli/text-table.ts
import { beforeAll, expect, test } from "vitest";
import { textTable } from "#cli/text-table.ts";
import { seq } from "#model/refs.ts";
import type { DiskSnapshot } from "#test/sim/disk-model.ts";
import { DiskModel } from "#test/sim/disk-model.ts";
import { WalDisk } from "#test/sim/wal-disk.ts";
import { BlockRig, bitsOf, owner } from "#test/support/block-rig.ts";
import { makeClosedLog } from "#test/support/closed-log.ts";
import { walIdentity } from "#test/sim/wal-world.ts";
import { blockEntryOf } from "#tsdb/manifest/block-entry.ts";
import { Manifest } from "#tsdb/manifest/manifest.ts";
import { writeNodeFile } from "#tsdb/node-file.ts";
import { FakeCli } from "./fake-cli.ts";

const BLOCK = "shards/00003/blocks/0000000001.blk";
let blocks: DiskSnapshot;
let logs: DiskSnapshot;

async function addNodeFile(disk: WalDisk, clusterUuid: Uint8Array, log: number): Promise<void> {
  await writeNodeFile(disk, {
    clusterUuid: clusterUuid.toHex(),
    nodeId: "node-1",
    shardCount: 4,
    hashSeed: [1, 2],
    lanes: 4,
    bootCount: 3,
    shardLogs: [log, log, log, log],
  });
}

beforeAll(async () => {
  const rig = new BlockRig();
  const series = ["a", "b"].map((name) => ({
    labels: { __name__: name },
    samples: Array.from({ length: 50 }, (_, i) => [i * 60_000, bitsOf(i)] as const),
  }));
  const written = (await rig.write(series))!;
  const manifest = await Manifest.open({ disk: rig.disk, owner });
  await manifest.commit({ epoch: written.meta.epoch, addBlocks: [entryOf(written)] });
  await manifest.close();
  await addNodeFile(rig.disk, owner.clusterUuid, 0);
  blocks = rig.model.liveSnapshot();

  const model = DiskModel.from(await makeClosedLog());
  await addNodeFile(new WalDisk(model), walIdentity.clusterUuid, walIdentity.logId);
  logs = model.liveSnapshot();
});

function entryOf(written: Parameters<typeof blockEntryOf>[0]): ReturnType<typeof blockEntryOf> {
  return blockEntryOf(written, owner.shard, seq(0));
}

function inspect(files: DiskSnapshot, ...args: string[]): Promise<FakeCli> {
  const cli = new FakeCli();
  cli.folder = new WalDisk(DiskModel.from(files));
  return cli.run("inspect", "--data", "/data", ...args);
}

function flipped(files: DiskSnapshot, path: string, at: number): DiskSnapshot {
  const bytes = files.get(path)!.slice();
  bytes[at]! ^= 4;
  return new Map([...files, [path, bytes]]);
}

test("blocks, their series and their pages as tables", async () => {
  const found = await inspect(blocks, "blocks");
  expect(found.code, found.err).toBe(0);
  expect(found.out).toContain("/data: node node-1, 4 shards, opened 3 times");
  expect(found.out).toMatch(
    /3 +1 +raw +1970-01-01T00:00:00Z +1970-01-01T02:00:00Z +2 +100 +\d+ +[\d.]+ +ok/,
  );
  const series = await inspect(blocks, "series");
  expect(series.out).toMatch(/ 0 {2}[0-9a-f]{16} {2}[0-9a-f]{16} +[ab]\n/);
  expect((await inspect(blocks, "series", "--limit", "1")).out).toContain("and 1 more");
  const pages = await inspect(blocks, "pages");
  expect(pages.out).toMatch(/shard +block +tier +column +page +offset +bytes +first +last\n +3 +1/);
  expect((await inspect(blocks, "blocks", "--shard", "1")).out).toContain("nothing there");
});

test("a sound folder verifies, without a change to it", async () => {
  const found = await inspect(blocks, "verify");
  expect(found.code, found.err).toBe(0);
  expect(found.out).toMatch(/blocks +1 +\d+ +0/);
  expect((await inspect(logs)).code).toBe(0);
});

test("any bit of a block that flips is found, and the file named", async () => {
  const { length } = blocks.get(BLOCK)!;
  for (let at = 0; at < length; at += 97) {
    const found = await inspect(flipped(blocks, BLOCK, at), "verify");
    expect(found.code, `byte ${at}`).toBe(1);
    expect(found.err).toContain(`damaged: /data/${BLOCK}`);
  }
});

test("a log is counted by segment, and damage inside named by offset", async () => {
  const found = await inspect(logs, "log");
  expect(found.code, found.err).toBe(0);
  expect(found.out).toMatch(/log +segment +bytes +records/);
  const path = [...logs.keys()].filter((name) => name.endsWith(".wal")).toSorted()[0]!;
  const damaged = await inspect(flipped(logs, path, 200), "verify");
  expect(damaged.code).toBe(1);
  expect(damaged.err).toMatch(/damaged: \/data\/wal\/\d{4}\/\d{8}\.wal, offset \d+: record/);
});

test("a missing block and a wrecked manifest are damage", async () => {
  const without = new Map(blocks);
  without.delete(BLOCK);
  expect((await inspect(without, "blocks")).code).toBe(1);
  const name = [...blocks.keys()].find((path) => /manifest\/[^/]+$/.test(path))!;
  const wrecked = new Map([...blocks, [name, new Uint8Array(200)]]);
  const found = await inspect(wrecked);
  expect(found.code).toBe(1);
  expect(found.err).toContain(name);
});

test.each([
  [["frob"], 2, "want one of log, blocks, series, pages, verify"],
  [["log", "--shard", "x"], 2, '--shard: got "x"'],
])("%j is refused", async (args, code, cause) => {
  const cli = await inspect(blocks, ...args);
  expect([cli.code, cli.err]).toEqual([code, expect.stringContaining(cause)]);
});

test("what is no data folder is left alone", async () => {
  const empty = await inspect(new Map());
  expect([empty.code, empty.err]).toEqual([1, expect.stringContaining("it has no node.json")]);
  expect((await new FakeCli().run("inspect")).err).toContain("no such folder");
});

test("columns are as wide as their widest cell", () => {
  const text = textTable(
    ["n", "name"],
    [
      [1, "a"],
      [20, "bcdef"],
    ],
  );
  expect(text).toBe(" n  name\n 1  a\n20  bcdef");
});
