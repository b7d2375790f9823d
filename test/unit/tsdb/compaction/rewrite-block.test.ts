/**
 * Blocks written anew: deletions, retention by label, what is left of damaged ones.
 * Covers: src/tsdb/compaction/, src/tsdb/block/tombstone-filter.ts, src/tsdb/block/tier-filter.ts
 */
import { expect, test } from "vitest";
import { labelValue } from "#model/labels.ts";
import { decodeLabels } from "#model/canonical-labels.ts";
import { epoch, seq, tenantId } from "#model/refs.ts";
import {
  bitsOf,
  BlockRig,
  expectedOf,
  HOUR_MS,
  owner,
  scrapedSeries,
  type PlainSeries,
} from "#test/support/block-rig.ts";
import { plainBuckets } from "#test/support/plain-buckets.ts";
import { BlockReaders } from "#tsdb/block/block-readers.ts";
import { ALL_AGGREGATES } from "#tsdb/block/tier-cursor.ts";
import type { CompactionContext } from "#tsdb/compaction/compaction-job.ts";
import { mergeBlocks } from "#tsdb/compaction/merge-blocks.ts";
import { rewriteBlock } from "#tsdb/compaction/rewrite-block.ts";
import { runCompaction } from "#tsdb/compaction/run-compaction.ts";
import { salvageBlock } from "#tsdb/compaction/salvage-block.ts";
import { blocksToClean, finishedTombstones } from "#tsdb/compaction/tombstone-plan.ts";
import { blockEntryOf, blockKeyOf, type BlockEntry } from "#tsdb/manifest/block-entry.ts";
import { EMPTY_MANIFEST, type ManifestState } from "#tsdb/manifest/manifest-state.ts";
import type { Tombstone } from "#tsdb/tombstone/tombstone.ts";

const series = scrapedSeries(3, 4, 400);
const everything = { minMs: -Infinity, maxMs: Infinity };

class Rig extends BlockRig {
  #nextBlockId = 1;
  readonly readers = new BlockReaders({
    disk: this.disk,
    clusterUuid: owner.clusterUuid,
    tools: this.tools,
  });

  context(tombstones: readonly Tombstone[] = [], isCancelled = false): CompactionContext {
    const { disk, tools, readers } = this;
    const takeBlockId = (): number => this.#nextBlockId++;
    return { disk, owner, tools, readers, tombstones, takeBlockId, isCancelled: () => isCancelled };
  }

  async add(some: readonly PlainSeries[]): Promise<BlockEntry> {
    const written = await this.write(some, { blockId: this.#nextBlockId++, lastSeq: seq(50) });
    return blockEntryOf(written!, owner.shard, seq(0));
  }

  /** The 1m tier of a raw block. */
  async tierOf(raw: BlockEntry): Promise<BlockEntry> {
    const { rangeStartMs, rangeEndMs } = raw;
    const base = { tier: 0 as const, rangeStartMs, rangeEndMs, sources: [raw], replaces: [] };
    const task = { ...base, isMerge: false, makesTiers: [1 as const] };
    return (await mergeBlocks(task, this.context())).addBlocks[0]!;
  }
}

function deletion(at: number, job: string, minMs = 0, maxMs = HOUR_MS): Tombstone {
  const matchers = [{ name: "job", kind: "=" as const, value: job }];
  return { seq: seq(at), tenant: tenantId(0), minMs, maxMs, matchers };
}

function stateOf(blocks: readonly BlockEntry[], tombstones: readonly Tombstone[]): ManifestState {
  const listed = new Map(blocks.map((block) => [blockKeyOf(block), block]));
  return { ...EMPTY_MANIFEST, epoch: epoch(1), flushedSeq: seq(100), blocks: listed, tombstones };
}

test("cleaning takes the deleted samples out and ends the tombstone", async () => {
  const rig = new Rig();
  const block = await rig.add(series);
  const tombstones = [deletion(60, "node", 30_000, 60_000), deletion(40, "größe")];
  const before = stateOf([block], tombstones);
  // The second is older than the block: what came after it stays.
  expect(blocksToClean(before)).toEqual([block]);
  expect(finishedTombstones(before)).toEqual([40]);
  const result = await rewriteBlock(block, rig.context(tombstones), null);
  const left = series.map((one) => ({
    ...one,
    samples: one.samples.filter(
      ([at]) => one.labels["job"] !== "node" || at < 30_000 || at > 60_000,
    ),
  }));
  const [entry] = result.addBlocks;
  expect(await rig.readAll(entry!.blockId)).toEqual(expectedOf(left));
  expect(result.removed).toBe(3 * 8);
  const after = stateOf([entry!], tombstones);
  expect(blocksToClean(after)).toEqual([]);
  expect(finishedTombstones(after)).toEqual([60, 40]);
  expect(finishedTombstones({ ...after, flushedSeq: seq(50) })).toEqual([40]);
});

test("nothing to delete writes no file", async () => {
  const rig = new Rig();
  const block = await rig.add(series);
  const files = rig.model.list("shards/00003/blocks");
  const tombstones = [deletion(60, "nobody")];
  const { addBlocks, removeBlocks } = await rewriteBlock(block, rig.context(tombstones), null);
  expect(addBlocks).toEqual([{ ...block, cleanSeq: 60 }]);
  expect(removeBlocks).toEqual([blockKeyOf(block)]);
  expect(rig.model.list("shards/00003/blocks")).toEqual(files);
  expect(blocksToClean(stateOf(addBlocks, tombstones))).toEqual([]);
});

test("a deleted range takes the buckets it touches", async () => {
  const rig = new Rig();
  const tier = await rig.tierOf(await rig.add(series));
  const tombstones = [deletion(60, "node", 90_000, 130_000)];
  const result = await rewriteBlock(tier, rig.context(tombstones), null);
  const reader = await rig.open(result.addBlocks[0]!.blockId);
  const buckets = await plainBuckets(
    await reader.readTier(await reader.owned(0, 0xffff_ffff), everything, ALL_AGGREGATES),
  );
  for (const [labels, rows] of buckets) {
    const starts = rows.map(({ bucketMs }) => bucketMs).slice(0, 4);
    const isDeleted = labels.includes('"job":"node"');
    expect(starts).toEqual(
      isDeleted ? [0, 180_000, 240_000, 300_000] : [0, 60_000, 120_000, 180_000],
    );
  }
});

test("everything deleted leaves no block", async () => {
  const rig = new Rig();
  const block = await rig.add(series.filter(({ labels }) => labels["job"] === "node"));
  const result = await rewriteBlock(block, rig.context([deletion(60, "node", 0, 1e9)]), null);
  expect(result.addBlocks).toEqual([]);
  expect(result.removeBlocks).toEqual([blockKeyOf(block)]);
  expect(rig.model.list("shards/00003/blocks")).toEqual(["0000000001.blk"]);
});

test.each(["raw", "tier"] as const)("retention by label drops series from %s", async (kind) => {
  const rig = new Rig();
  const raw = await rig.add(series);
  const block = kind === "raw" ? raw : await rig.tierOf(raw);
  const cutoffMs = ({ labels }: { readonly labels: Uint8Array }): number =>
    labelValue(decodeLabels(labels), "job") === "node" ? Infinity : -Infinity;
  const result = await rewriteBlock(block, rig.context(), { cutoffMs, mark: 77 });
  const [entry] = result.addBlocks;
  expect(entry!.retentionMark).toBe(77);
  const reader = await rig.open(entry!.blockId);
  expect(await reader.labelValues(tenantId(0), "job")).toEqual(["größe"]);
  await reader.verify();
  const again = await rewriteBlock(entry!, rig.context(), { cutoffMs, mark: 78 });
  expect(again.addBlocks).toEqual([{ ...entry!, retentionMark: 78 }]);
});

test("a cancelled job leaves nothing behind", async () => {
  const rig = new Rig();
  const block = await rig.add(series);
  const base = { tier: 0 as const, rangeStartMs: 0, rangeEndMs: 2 * HOUR_MS, replaces: [] };
  const task = { ...base, sources: [block], isMerge: true, makesTiers: [1, 2] as const };
  await expect(runCompaction(task, rig.context([], true))).rejects.toThrow(/was cancelled/);
  expect(rig.model.list("shards/00003/blocks")).toEqual(["0000000001.blk"]);
  await rig.readers.close();
});

test("sources that do not hold what the manifest says are not released", async () => {
  const rig = new Rig();
  const block = await rig.add(series);
  const [low, ...others] = block.digest;
  const lying: BlockEntry = { ...block, digest: [low ^ 1, others[0], others[1], others[2]] };
  const base = { tier: 0 as const, rangeStartMs: 0, rangeEndMs: 2 * HOUR_MS, replaces: [] };
  const task = { ...base, sources: [lying], isMerge: true, makesTiers: [] };
  await expect(runCompaction(task, rig.context())).rejects.toThrow(/cannot merge raw blocks/);
});

test.each(["raw", "tier"] as const)(
  "the good pages of a damaged %s block are saved",
  async (kind) => {
    const rig = new Rig();
    const raw = await rig.add([
      ...series,
      { labels: { __name__: "one" }, samples: [[1, bitsOf(1)]] },
    ]);
    const block = kind === "raw" ? raw : await rig.tierOf(raw);
    const path = `shards/00003/blocks/${String(block.blockId).padStart(10, "0")}.blk`;
    const intact = await rig.open(block.blockId);
    const { pages } = await intact.index();
    const table = pages[0]!;
    expect(table.pageCount).toBeGreaterThan(1);
    const file = rig.model.open(path);
    file.live.view()[table.offset(0) + 40]! ^= 1;
    const reader = await rig.open(block.blockId);
    await expect(reader.verify()).rejects.toThrow(/cannot read/);
    const { saved, lostSamples, damagedPages } = await salvageBlock(block, rig.context());
    expect(damagedPages).toBe(1);
    expect(lostSamples).toBeGreaterThan(0);
    expect(saved!.sampleCount).toBe(block.sampleCount - lostSamples);
    const left = await rig.open(saved!.blockId, saved!.footerCrc);
    await left.verify();
    expect(saved!.seriesCount).toBeGreaterThan(0);
  },
);
