/** Several blocks read as one, through tombstones, tiers and halves of a split. */
import { expect, test } from "vitest";
import { epoch, seq, tenantId } from "#model/refs.ts";
import {
  bitsOf,
  BlockRig,
  expectedOf,
  HOUR_MS,
  owner,
  plainOf,
  scrapedSeries,
  type PlainSeries,
} from "#test/support/block-rig.ts";
import { plainBuckets } from "#test/support/plain-buckets.ts";
import { BlockReaders } from "#tsdb/block/block-readers.ts";
import { mergeBlocks } from "#tsdb/compaction/merge-blocks.ts";
import { blockEntryOf, blockKeyOf, type BlockEntry } from "#tsdb/manifest/block-entry.ts";
import { EMPTY_MANIFEST, type ManifestState } from "#tsdb/manifest/manifest-state.ts";
import { selectBuckets, selectSamples } from "#tsdb/manifest/select-blocks.ts";
import type { Tombstone } from "#tsdb/tombstone/tombstone.ts";

const everything = { tenant: tenantId(0), matchers: [], minMs: 0, maxMs: 1e9 };

class Rig extends BlockRig {
  readonly readers = new BlockReaders({
    disk: this.disk,
    clusterUuid: owner.clusterUuid,
    tools: this.tools,
  });

  async add(
    blockId: number,
    series: readonly PlainSeries[],
    fields: Partial<BlockEntry> = {},
  ): Promise<BlockEntry> {
    const seqs = { firstSeq: seq(blockId * 10), lastSeq: seq(blockId * 10 + 9) };
    const range = { rangeStartMs: 0, rangeEndMs: 24 * HOUR_MS };
    const written = await this.write(series, { blockId, ...range, ...seqs });
    return { ...blockEntryOf(written!, owner.shard, seq(0)), ...fields };
  }
}

function stateOf(
  blocks: readonly BlockEntry[],
  tombstones: readonly Tombstone[] = [],
): ManifestState {
  const listed = new Map(blocks.map((block) => [blockKeyOf(block), block]));
  return { ...EMPTY_MANIFEST, epoch: epoch(1), blocks: listed, tombstones };
}

function one(...samples: [number, number][]): PlainSeries {
  return { labels: { __name__: "up" }, samples: samples.map(([at, value]) => [at, bitsOf(value)]) };
}

test("samples of all blocks, the first written counts", async () => {
  const rig = new Rig();
  const newer = await rig.add(2, [one([2, 20], [3, 30], [9, 90])]);
  const older = await rig.add(1, [one([1, 1], [2, 2])]);
  const source = await selectSamples(stateOf([newer, older]), rig.readers, everything);
  const want = [one([1, 1], [2, 2], [3, 30], [9, 90])];
  expect(await plainOf(source)).toEqual(expectedOf(want));
  source.close();
  source.close();
  await rig.readers.close();
});

test("blocks outside the range are not even opened", async () => {
  const rig = new Rig();
  const early = await rig.add(1, [one([1, 1])]);
  const late = await rig.add(2, [one([HOUR_MS, 2])]);
  const request = { ...everything, minMs: HOUR_MS, maxMs: HOUR_MS };
  const source = await selectSamples(stateOf([early, late]), rig.readers, request);
  expect(rig.readers.openCount).toBe(1);
  expect(await plainOf(source)).toEqual(expectedOf([one([HOUR_MS, 2])]));
  source.close();
});

test("tombstones hide what was there before them", async () => {
  const rig = new Rig();
  const blocks = [await rig.add(1, [one([1, 1], [2, 2], [3, 3])]), await rig.add(3, [one([2, 5])])];
  const tombstone: Tombstone = {
    seq: seq(25),
    tenant: tenantId(0),
    matchers: [{ name: "__name__", kind: "=", value: "up" }],
    minMs: 2,
    maxMs: 3,
  };
  const source = await selectSamples(stateOf(blocks, [tombstone]), rig.readers, everything);
  expect(await plainOf(source)).toEqual(expectedOf([one([1, 1], [2, 5])]));
  source.close();
});

test("halves of a split block give each shard its own", async () => {
  const rig = new Rig();
  const series = scrapedSeries(8, 3, 2);
  const whole = await rig.add(1, series);
  const parts: PlainSeries[] = [];
  for (const [ownedMin, ownedMax] of [
    [0, 0x7fff_ffff],
    [0x8000_0000, 0xffff_ffff],
  ] as const) {
    const state = stateOf([{ ...whole, ownedMin, ownedMax }]);
    const matchers = [{ name: "__name__", kind: "!=" as const, value: "metric_1" }];
    const source = await selectSamples(state, rig.readers, { ...everything, matchers });
    const part = await plainOf(source);
    expect(part.length).toBeGreaterThan(0);
    parts.push(...part);
    source.close();
  }
  const want = series.filter(({ labels }) => labels["__name__"] !== "metric_1");
  expect(parts).toEqual(expectedOf(want));
});

test("buckets of a tier, the newest made count", async () => {
  const rig = new Rig();
  let nextBlockId = 10;
  const { disk, tools, readers } = rig;
  const context = { disk, owner, tools, readers, tombstones: [], takeBlockId: () => nextBlockId++ };
  const tiers: BlockEntry[] = [];
  for (const [i, series] of [one([0, 1], [70_000, 5]), one([10, 7])].entries()) {
    const sources = [await rig.add(i + 1, [series])];
    const range = { rangeStartMs: 0, rangeEndMs: 24 * HOUR_MS };
    const task = { tier: 0 as const, ...range, sources, isMerge: false, replaces: [] };
    tiers.push(...(await mergeBlocks({ ...task, makesTiers: [1] }, context)).addBlocks);
  }
  const request = { ...everything, minMs: 59_999, maxMs: 60_000 };
  const source = await selectBuckets(stateOf(tiers), readers, request, 1, ["max"]);
  const [buckets] = (await plainBuckets(source)).values();
  expect(buckets!.map(({ bucketMs, max, sum }) => [bucketMs, max, sum])).toEqual([
    [0, bitsOf(7), 0n],
    [60_000, bitsOf(5), 0n],
  ]);
  source.close();
});

test("a damaged block is named and nothing is left open", async () => {
  const rig = new Rig();
  const good = await rig.add(1, [one([1, 1])]);
  const bad = await rig.add(2, [one([2, 2])], { footerCrc: 5 });
  const opening = selectSamples(stateOf([good, bad]), rig.readers, everything);
  await expect(opening).rejects.toThrow(/0000000002.blk: footer checksum/);
  await rig.readers.close();
});
