/**
 * Which files of a shard stay and which go, and who decides.
 * Covers: src/tsdb/manifest/block-set.ts, src/tsdb/manifest/version-pins.ts
 * Covers: src/tsdb/block/block-readers.ts
 */
import { expect, test } from "vitest";
import { AssertionError } from "#base/assert.ts";
import { epoch, seq } from "#model/refs.ts";
import { DiskModel } from "#test/sim/disk-model.ts";
import { SimLogger } from "#test/sim/sim-logger.ts";
import type { WalDiskHooks } from "#test/sim/wal-disk.ts";
import { BlockRig, expectedOf, owner, scrapedSeries } from "#test/support/block-rig.ts";
import { BlockReaders } from "#tsdb/block/block-readers.ts";
import { blockEntryOf, blockKeyOf, type BlockEntry } from "#tsdb/manifest/block-entry.ts";
import { BlockSet, type BlockSetOptions } from "#tsdb/manifest/block-set.ts";
import { Manifest } from "#tsdb/manifest/manifest.ts";

const one = epoch(1);
const folder = "shards/00003/blocks";
const series = scrapedSeries(2, 2, 4);

class SetRig extends BlockRig {
  readonly logger = new SimLogger(() => 0);

  async openSet(fields: Partial<BlockSetOptions> = {}): Promise<BlockSet> {
    const { disk, logger } = this;
    const manifest = await Manifest.open({ disk, owner });
    return await BlockSet.open({ disk, owner, manifest, logger, ...fields });
  }

  async writeEntry(set: BlockSet): Promise<BlockEntry> {
    const written = await this.write(series, { blockId: set.takeBlockId() });
    return blockEntryOf(written!, owner.shard, seq(0));
  }

  async addBlock(set: BlockSet): Promise<BlockEntry> {
    const entry = await this.writeEntry(set);
    await set.commit({ epoch: one, addBlocks: [entry] });
    return entry;
  }

  get files(): readonly string[] {
    return this.model.list(folder);
  }
}

test("files leave when no view of an older version is open", async () => {
  const rig = new SetRig();
  const set = await rig.openSet();
  const first = await rig.addBlock(set);
  const second = await rig.addBlock(set);
  const old = set.pin();
  const removed = await set.commit({ epoch: one, removeBlocks: [blockKeyOf(first)] });
  expect(removed.blocks.has(blockKeyOf(first))).toBe(false);
  expect(old.state.blocks.has(blockKeyOf(first))).toBe(true);
  const young = set.pin();
  expect(await set.sweep()).toBe(0);
  expect(set.oldestPin).toBe(old.state.version);
  expect(rig.files).toHaveLength(2);
  old[Symbol.dispose]();
  old[Symbol.dispose]();
  expect(await set.sweep()).toBe(1);
  expect(rig.files).toEqual(["0000000002.blk"]);
  expect(set.leavingCount).toBe(0);
  young[Symbol.dispose]();
  expect(set.oldestPin).toBe(Infinity);
  expect([...set.state.blocks.values()]).toEqual([second]);
});

test("pins of other threads count, and readers are told what goes", async () => {
  const rig = new SetRig();
  let elsewhere = Infinity;
  const dropped: number[] = [];
  const set = await rig.openSet({
    oldestPinnedElsewhere: () => elsewhere,
    onDropped: (blocks) => dropped.push(...blocks.map(({ blockId }) => blockId)),
  });
  const first = await rig.addBlock(set);
  elsewhere = set.state.version;
  await set.commit({ epoch: one, removeBlocks: [blockKeyOf(first)] });
  expect(await set.sweep()).toBe(0);
  elsewhere++;
  expect(await set.sweep()).toBe(1);
  expect(dropped).toEqual([1]);
});

test("opening removes temporary files only; the rest is reported", async () => {
  const rig = new SetRig();
  const set = await rig.openSet();
  const listed = await rig.addBlock(set);
  const lost = await rig.addBlock(set);
  const orphan = await rig.writeEntry(set);
  rig.model.unlink(`${folder}/0000000002.blk`);
  await (await rig.disk.open(`${folder}/0000000009.blk.tmp`, "create")).close();
  await (await rig.disk.open(`${folder}/notes.txt`, "create")).close();
  const again = await rig.openSet();
  expect(rig.files).toEqual(["0000000001.blk", "0000000003.blk", "notes.txt"]);
  expect(again.missing).toEqual([lost]);
  expect(again.unlisted).toEqual([`${folder}/0000000003.blk`]);
  expect(rig.logger.lines.join("\n")).toMatch(/error .* not on the disk .*blockId=2/);
  // The orphan's id is not given again.
  expect(again.takeBlockId()).toBe(orphan.blockId + 1);
  expect(await again.discardUnlisted(async () => true)).toBe(1);
  expect(rig.files).toEqual(["0000000001.blk", "notes.txt"]);
  expect(await rig.readAll(listed.blockId)).toEqual(expectedOf(series));
});

test("an unlisted file that is not sound is kept aside", async () => {
  const rig = new SetRig();
  const set = await rig.openSet();
  await rig.writeEntry(set);
  const again = await rig.openSet();
  expect(await again.discardUnlisted(async () => false)).toBe(0);
  expect(rig.files).toEqual([]);
  expect(rig.model.list("shards/00003/quarantine")).toEqual(["0000000001.blk"]);
  expect((await rig.openSet()).takeBlockId()).toBe(2);
});

test("a damaged block goes to quarantine once, and what was saved takes its place", async () => {
  const rig = new SetRig();
  const counted: number[] = [];
  const set = await rig.openSet({ onQuarantine: ({ blockId }) => counted.push(blockId) });
  const bad = await rig.addBlock(set);
  const saved = await rig.writeEntry(set);
  const cause = new Error("page 3 mark");
  await set.quarantine(blockKeyOf(bad), cause, one, [saved]);
  await set.quarantine(blockKeyOf(bad), cause, one);
  expect(counted).toEqual([1]);
  expect(rig.files).toEqual(["0000000002.blk"]);
  expect(rig.model.list("shards/00003/quarantine")).toEqual(["0000000001.blk"]);
  expect([...set.state.blocks.values()]).toEqual([saved]);
  expect(rig.logger.lines.join("\n")).toMatch(/quarantine .*blockId=1.*page 3 mark/);
});

test("a block whose file was lost leaves the manifest, too", async () => {
  const rig = new SetRig();
  const set = await rig.openSet();
  const lost = await rig.addBlock(set);
  rig.model.unlink(`shards/00003/blocks/${rig.files[0]!}`);
  await set.quarantine(blockKeyOf(lost), new Error("the file is gone"), one);
  expect(set.state.blocks.size).toBe(0);
  expect(rig.model.list("shards/00003/quarantine")).toEqual([]);
});

test("a job's result takes the place of its sources, or nothing", async () => {
  const rig = new SetRig();
  const set = await rig.openSet();
  const first = await rig.addBlock(set);
  const second = await rig.addBlock(set);
  const both = [blockKeyOf(first), blockKeyOf(second)];
  const merged = await rig.writeEntry(set);
  expect(await set.replace(one, [merged], both)).toBe(true);
  await set.sweep();
  expect(rig.files).toEqual(["0000000003.blk"]);
  // The sources are gone: a second result of them is void, and so is its file.
  const again = await rig.writeEntry(set);
  expect(await set.replace(one, [again], both)).toBe(false);
  expect(rig.files).toEqual(["0000000003.blk"]);
  // Only what is said of the block changes: its file stays.
  const cleaned = { ...merged, cleanSeq: seq(9) };
  expect(await set.replace(one, [cleaned], [blockKeyOf(merged)])).toBe(true);
  expect(await set.sweep()).toBe(0);
  expect(rig.files).toEqual(["0000000003.blk"]);
  expect([...set.state.blocks.values()]).toEqual([cleaned]);
});

test("a file that cannot be removed is tried again", async () => {
  let failing = true;
  const hooks: WalDiskHooks = {
    faultAt: (_index, operation, path) =>
      failing && operation === "unlink" && path.endsWith(".blk") ? "io" : null,
  };
  const rig = new SetRig({ model: new DiskModel(), hooks });
  const set = await rig.openSet();
  const first = await rig.addBlock(set);
  await set.commit({ epoch: one, removeBlocks: [blockKeyOf(first)] });
  expect(await set.sweep()).toBe(0);
  failing = false;
  expect(await set.sweep()).toBe(1);
  expect(rig.files).toEqual([]);
});

test("readers share open blocks and close those that nobody holds", async () => {
  const rig = new SetRig();
  const set = await rig.openSet();
  const entries = [await rig.addBlock(set), await rig.addBlock(set), await rig.addBlock(set)];
  const { disk, tools } = rig;
  const { clusterUuid } = owner;
  const readers = new BlockReaders({ disk, clusterUuid, tools, openBlocksMax: 2 });
  const leases = await Promise.all(entries.map((entry) => readers.hold(entry)));
  const twice = await readers.hold(entries[0]!);
  expect(twice.reader).toBe(leases[0]!.reader);
  expect(readers.openCount).toBe(3);
  await expect(readers.close()).rejects.toThrow(AssertionError);
  for (const lease of [...leases, twice]) lease[Symbol.dispose]();
  expect(readers.openCount).toBe(2);
  readers.forget(entries[2]!);
  readers.forget(entries[2]!);
  expect(readers.openCount).toBe(1);
  await expect(readers.hold({ ...entries[1]!, footerCrc: 1 })).rejects.toThrow(/manifest has/);
  expect(readers.openCount).toBe(1);
  await readers.close();
  expect(readers.openCount).toBe(0);
});
