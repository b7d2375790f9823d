/**
 * A manifest file, byte for byte. The fixture was computed by a separate program from
 * `src/tsdb/manifest/FORMAT.md`; the writer must make it and the reader must read it. A change of
 * format adds a fixture, it never changes this one.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { epoch, seq, shardId } from "#model/refs.ts";
import { DiskModel } from "#test/sim/disk-model.ts";
import { WalDisk } from "#test/sim/wal-disk.ts";
import { blockKeyOf, type BlockEntry } from "#tsdb/manifest/block-entry.ts";
import { loadManifest } from "#tsdb/manifest/manifest-load.ts";
import { Manifest } from "#tsdb/manifest/manifest.ts";
import type { Tombstone } from "#tsdb/tombstone/tombstone.ts";

const fixture = JSON.parse(readFileSync(new URL("./manifest.json", import.meta.url), "utf8")) as {
  clusterUuid: string;
  shard: number;
  blocks: [BlockEntry, BlockEntry];
  tombstone: Tombstone;
  bytes: string[];
};
const { tombstone } = fixture;
const owner = {
  clusterUuid: Uint8Array.fromHex(fixture.clusterUuid),
  shard: shardId(fixture.shard),
};
// Not in the bytes: the shard of the manifest.
const folder = { folderShard: owner.shard };
const blocks = [
  { ...fixture.blocks[0], ...folder },
  { ...fixture.blocks[1], ...folder },
] as const;
const path = "shards/00300/manifest/00000001.mft";

test("the writer makes the golden bytes", async () => {
  const model = new DiskModel();
  const manifest = await Manifest.open({ disk: new WalDisk(model), owner });
  await manifest.commit({ epoch: epoch(3), flushedSeq: seq(1000), addBlocks: [blocks[0]] });
  await manifest.commit({
    epoch: epoch(0xffff_ffff),
    flushedSeq: seq(2 ** 53 - 1),
    nextBlockId: 40,
    removeBlocks: [blockKeyOf(blocks[0])],
    addBlocks: [blocks[1]],
    addTombstones: [tombstone],
  });
  await manifest.commit({ epoch: epoch(0xffff_ffff), removeTombstones: [tombstone.seq] });
  const bytes = model.liveSnapshot().get(path)!;
  expect(bytes.toHex().match(/.{1,64}/g)).toEqual(fixture.bytes);
});

test("the reader reads the golden bytes, and every shorter version of them", async () => {
  const golden = Uint8Array.fromHex(fixture.bytes.join(""));
  const load = (length: number): ReturnType<typeof loadManifest> => {
    const folders = ["shards/", "shards/00300/", "shards/00300/manifest/"];
    const files = new Map<string, Uint8Array | null>(folders.map((folder) => [folder, null]));
    files.set(path, golden.subarray(0, length));
    return loadManifest(new WalDisk(DiskModel.from(files)), owner);
  };
  const { state, ...load3 } = await load(golden.length);
  expect(load3).toEqual({ newestFileId: 1, healedCount: 0, tornBytes: 0, corruptions: [] });
  expect(state).toMatchObject({ version: 3, epoch: 0xffff_ffff, nextBlockId: 40 });
  expect(state.flushedSeq).toBe(2 ** 53 - 1);
  expect([...state.blocks.values()]).toEqual([blocks[1]]);
  expect(state.tombstones).toEqual([]);
  const versions = new Map<number, unknown>();
  for (let length = golden.length; length >= 0; length -= 8) {
    const { state: shorter } = await load(length);
    versions.set(shorter.version, [...shorter.blocks.values(), ...shorter.tombstones]);
  }
  expect(versions.get(2)).toEqual([blocks[1], tombstone]);
  expect(versions.get(1)).toEqual([blocks[0]]);
  expect(versions.get(0)).toEqual([]);
});
