/**
 * The manifest through its life: commits, reloads, rolls, damage, failing disks.
 * Covers: src/tsdb/manifest/, src/tsdb/tombstone/tombstone-codec.ts, src/tsdb/block/ensure-folder.ts
 * Covers: src/tsdb/block/file-header.ts, src/tsdb/block/temporary-file.ts
 */
import { expect, test } from "vitest";
import { AssertionError } from "#base/assert.ts";
import { epoch, seq, shardId, tenantId } from "#model/refs.ts";
import { DiskModel, type DiskSnapshot } from "#test/sim/disk-model.ts";
import { WalDisk, type WalDiskHooks } from "#test/sim/wal-disk.ts";
import { blockEntry } from "#test/support/block-entries.ts";
import { blockKeyOf } from "#tsdb/manifest/block-entry.ts";
import { manifestFileIdOf } from "#tsdb/manifest/manifest-format.ts";
import { Manifest } from "#tsdb/manifest/manifest.ts";
import { manifestLoss } from "#tsdb/manifest/manifest-loss.ts";
import type { Tombstone } from "#tsdb/tombstone/tombstone.ts";

const owner = { clusterUuid: new Uint8Array(16).fill(0x5c), shard: shardId(3) };
const folder = "shards/00003/manifest";
const one = epoch(1);

const tombstone: Tombstone = {
  seq: seq(77),
  tenant: tenantId(4),
  minMs: -5,
  maxMs: 1_700_000_000_000,
  matchers: [
    { kind: "=", name: "job", value: "a b" },
    { kind: "!~", name: "größe", value: "x|y" },
  ],
};

function openOn(model: DiskModel, hooks: WalDiskHooks = {}): Promise<Manifest> {
  return Manifest.open({ disk: new WalDisk(model, hooks), owner });
}

async function manifestOf(model: DiskModel, blocks: number): Promise<Manifest> {
  const manifest = await openOn(model);
  for (let id = 1; id <= blocks; id++) {
    await manifest.commit({ epoch: one, addBlocks: [blockEntry(id)], flushedSeq: seq(id * 100) });
  }
  return manifest;
}

function filesIn(model: DiskModel): string[] {
  return [...model.list(folder)];
}

function changed(
  snapshot: DiskSnapshot,
  change: (bytes: Uint8Array) => Uint8Array | null,
): DiskModel {
  const copy = new Map(snapshot);
  for (const [path, bytes] of snapshot) {
    if (bytes === null || !path.endsWith(".mft")) continue;
    const next = change(bytes.slice());
    if (next === null) copy.delete(path);
    else copy.set(path, next);
  }
  return DiskModel.from(copy);
}

test("a new shard has an empty manifest and writes nothing until asked", async () => {
  const model = new DiskModel();
  const manifest = await openOn(model);
  expect(manifest.state).toMatchObject({ version: 0, flushedSeq: 0, nextBlockId: 1 });
  expect(model.liveSnapshot().size).toBe(0);
  await manifest.confirm();
  expect(filesIn(model)).toEqual(["00000001.mft"]);
});

test("what was committed is loaded again, field by field", async () => {
  const model = new DiskModel();
  const manifest = await manifestOf(model, 3);
  const last = blockEntry(9, {
    tier: 2,
    rangeStartMs: -7_200_000,
    epoch: epoch(0xffff_ffff),
    firstSeq: seq(2 ** 52),
    lastSeq: seq(2 ** 53 - 1),
    fileShard: shardId(32_767),
    cleanSeq: seq(2 ** 40),
    ownedMin: 0x8000_0000,
  });
  const removed = blockKeyOf(blockEntry(2));
  await manifest.commit({
    epoch: epoch(5),
    addBlocks: [last],
    removeBlocks: [removed],
    addTombstones: [tombstone, { ...tombstone, seq: seq(3) }],
    nextBlockId: 40,
  });
  await manifest.commit({ epoch: epoch(5), removeTombstones: [seq(3)] });
  const again = await openOn(model);
  expect(again.state).toEqual(manifest.state);
  expect(again.state).toMatchObject({ version: 5, epoch: 5, flushedSeq: 300, nextBlockId: 40 });
  expect([...again.state.blocks.values()]).toEqual([blockEntry(1), blockEntry(3), last]);
  expect(again.state.tombstones).toEqual([tombstone]);
  expect(again.loaded).toMatchObject({ healedCount: 0, tornBytes: 0, corruptions: [] });
});

test("each life writes its own file, and a grown file is left for a new one", async () => {
  const model = new DiskModel();
  const manifest = await manifestOf(model, 2);
  expect(filesIn(model)).toEqual(["00000001.mft"]);
  await manifest.close();
  const second = await openOn(model);
  expect(second.isConfirmed).toBe(false);
  expect(filesIn(model)).toEqual(["00000001.mft"]);
  await second.confirm();
  expect(second.state.version).toBe(2);
  expect(filesIn(model)).toEqual(["00000002.mft"]);
  for (let id = 3; id < 600; id++) {
    const removeBlocks = [blockKeyOf(blockEntry(id - 1))];
    await second.commit({ epoch: one, addBlocks: [blockEntry(id)], removeBlocks });
  }
  const [only, ...others] = filesIn(model);
  expect(others).toEqual([]);
  expect(manifestFileIdOf(only!)).toBeGreaterThan(2);
  expect((await openOn(model)).state).toEqual(second.state);
});

test("edits that do not fit are bugs and change nothing", async () => {
  const manifest = await manifestOf(new DiskModel(), 2);
  const before = manifest.state;
  for (const edit of [
    { epoch: epoch(0) },
    { epoch: one, flushedSeq: seq(1) },
    { epoch: one, addBlocks: [blockEntry(1)] },
    { epoch: one, removeBlocks: [blockKeyOf(blockEntry(7))] },
  ]) {
    await expect(manifest.commit(edit)).rejects.toThrow(AssertionError);
  }
  const both = [manifest.commit({ epoch: one }), manifest.commit({ epoch: one })];
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
  ]);
  expect(manifest.state.blocks).toEqual(before.blocks);
});

test.each(["io", "no-space"] as const)("a failed %s is followed by a new file", async (fault) => {
  for (let nth = 0; nth < 40; nth++) {
    const model = new DiskModel();
    await (await manifestOf(model, 2)).close();
    const hooks: WalDiskHooks = { faultAt: (index) => (index === nth ? fault : null) };
    const manifest = await openOn(model, hooks);
    let failures = 0;
    for (let id = 3; id <= 5; id++) {
      try {
        await manifest.commit({ epoch: one, addBlocks: [blockEntry(id)] });
      } catch {
        failures++;
        expect(manifest.state.version).toBe(id - 1);
        await manifest.commit({ epoch: one, addBlocks: [blockEntry(id)] });
      }
    }
    expect(failures).toBeLessThanOrEqual(1);
    const again = await openOn(model);
    expect(again.state).toEqual(manifest.state);
    expect(again.state.blocks.size).toBe(5);
  }
});

test("every flipped bit is healed, named, or behind the last version", async () => {
  const model = new DiskModel();
  const manifest = await manifestOf(model, 4);
  const snapshot = model.liveSnapshot();
  const size = [...snapshot.values()].find((bytes) => bytes !== null)!.length;
  for (let at = 0; at < size; at++) {
    const damaged = changed(snapshot, (bytes) => {
      bytes[at]! ^= 1 << (at % 8);
      return bytes;
    });
    const { state, loaded } = await openOn(damaged);
    expect(state, `byte ${at}`).toEqual(manifest.state);
    expect(loaded.healedCount + loaded.tornBytes, `byte ${at}`).toBeGreaterThan(0);
  }
});

test("damage of both copies is named, and what is left can be had", async () => {
  const model = new DiskModel();
  await manifestOf(model, 4);
  const damaged = changed(model.liveSnapshot(), (bytes) => {
    // The second of four records, wherever exactly it is.
    bytes.fill(0, Math.floor(bytes.length * 0.3), Math.floor(bytes.length * 0.6));
    return bytes;
  });
  await expect(openOn(damaged)).rejects.toThrow(/cannot load the manifest of shard 3: gap/);
  const disk = new WalDisk(damaged);
  const left = await Manifest.open({ disk, owner, acceptLoss: true });
  expect(left.state.blocks.has(blockKeyOf(blockEntry(1)))).toBe(true);
  expect(left.state.blocks.has(blockKeyOf(blockEntry(4)))).toBe(true);
  expect(left.state.blocks.size).toBeLessThan(4);
});

test("a lost, short or older manifest is named when the log knows better", async () => {
  const model = new DiskModel();
  const manifest = await manifestOf(model, 2);
  const older = model.liveSnapshot();
  await manifest.commit({ epoch: one, addBlocks: [blockEntry(3)] });
  const witness = { epoch: one, version: 3 };
  const open = (from: DiskModel): Promise<Manifest> =>
    Manifest.open({ disk: new WalDisk(from), owner });
  const lossOf = async (from: DiskModel): Promise<string | null> =>
    manifestLoss((await open(from)).state, witness);
  expect((await open(model)).state.version).toBe(3);
  expect(await lossOf(model)).toBeNull();
  expect(await lossOf(DiskModel.from(older))).toMatch(/^got version 2/);
  expect(await lossOf(new DiskModel())).toMatch(/^got none/);
  const none = changed(model.liveSnapshot(), () => new Uint8Array(0));
  await expect(open(none)).rejects.toThrow(/file: .* got 0 bytes/);
});

test("another cluster's, another shard's and a newer version's files are refused", async () => {
  const model = new DiskModel();
  await manifestOf(model, 1);
  const disk = new WalDisk(model);
  const stranger = { clusterUuid: new Uint8Array(16).fill(1), shard: shardId(3) };
  await expect(Manifest.open({ disk, owner: stranger })).rejects.toThrow(/cluster got 5c5c/);
  const moved = new Map(
    [...model.liveSnapshot()].map(([path, bytes]) => [path.replace("00003", "00004"), bytes]),
  );
  const other = { ...owner, shard: shardId(4) };
  const opening = Manifest.open({
    disk: new WalDisk(DiskModel.from(moved)),
    owner: other,
  });
  await expect(opening).rejects.toThrow(/shard got 3, want 4/);
});
