/**
 * Histograms beside the samples of blocks, against plain maps: written, read in part, merged,
 * deleted from, saved from damage. Blocks do not look into their bytes, so any bytes do.
 * Covers: src/tsdb/block/, src/tsdb/compaction/
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { epoch, seq, tenantId } from "#model/refs.ts";
import {
  bitsOf,
  BlockRig,
  expectedOf,
  HOUR_MS,
  owner,
  tagOf,
  type PlainSeries,
} from "#test/support/block-rig.ts";
import { kernelPageTools } from "#test/support/kernel-pages.ts";
import { bucketsOf, plainBuckets, type PlainBucket } from "#test/support/plain-buckets.ts";
import { plainPageTools } from "#test/support/plain-pages.ts";
import { SECTION_HISTOGRAM_PAGES } from "#tsdb/block/block-format.ts";
import { BlockReaders } from "#tsdb/block/block-readers.ts";
import { ALL_AGGREGATES } from "#tsdb/block/tier-cursor.ts";
import { mergeTiers } from "#tsdb/compaction/merge-tiers.ts";
import { mergeBlocks } from "#tsdb/compaction/merge-blocks.ts";
import type { CompactionContext } from "#tsdb/compaction/compaction-job.ts";
import { salvageBlock } from "#tsdb/compaction/salvage-block.ts";
import { blockEntryOf, type BlockEntry } from "#tsdb/manifest/block-entry.ts";
import type { Tombstone } from "#tsdb/tombstone/tombstone.ts";

const RANGE_MS: number = 2 * HOUR_MS;
const NAMES = ["a", "b", "c"];

/** Few, so that the same ones meet; some too long for a page of the plain codec. */
const anyItem = fc.oneof(
  fc.integer({ min: 0, max: 9 }).map((byte) => `0${byte}`.repeat(8 + 40 * byte)),
  fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => bytes.toHex()),
);
type Content = { readonly bits: bigint; readonly item: string | null };
const anyContent: fc.Arbitrary<Content> = fc.oneof(
  { weight: 4, arbitrary: anyItem.map((item) => ({ bits: tagOf(item), item })) },
  { weight: 3, arbitrary: fc.double().map((value) => ({ bits: bitsOf(value), item: null })) },
  // A float that looks like one, and bytes whose sample went another way.
  { weight: 1, arbitrary: anyItem.map((item) => ({ bits: tagOf(item), item: null })) },
  { weight: 1, arbitrary: anyItem.map((item) => ({ bits: 7n, item })) },
);
const anyTime = fc.oneof(
  fc.integer({ min: 0, max: 23 }).map((slot) => slot * 300_000),
  fc.integer({ min: 0, max: RANGE_MS - 1 }),
);
const oneSeries = fc
  .array(fc.tuple(anyTime, anyContent), { minLength: 1, maxLength: 60 })
  .map((rows) => [...new Map(rows)].sort(([a], [b]) => a - b));
const oneBlock = fc
  .dictionary(fc.constantFrom(...NAMES), oneSeries, { minKeys: 1, maxKeys: 3 })
  .map((series) =>
    Object.entries(series).map(([name, rows]): PlainSeries => ({
      labels: { __name__: name },
      samples: rows.map(([at, { bits }]) => [at, bits] as const),
      items: rows.flatMap(([at, { item }]) => (item === null ? [] : [[at, item] as const])),
    })),
  );
const kernelTools = kernelPageTools();
const anyTools = fc.constantFrom("plain", "kernel");

class Rig extends BlockRig {
  #nextBlockId = 1;
  readonly readers = new BlockReaders({
    disk: this.disk,
    clusterUuid: owner.clusterUuid,
    tools: this.tools,
  });

  context(tombstones: readonly Tombstone[] = []): CompactionContext {
    const { disk, tools, readers } = this;
    const takeBlockId = (): number => this.#nextBlockId++;
    return { disk, owner, tools, readers, tombstones, takeBlockId };
  }

  async add(some: readonly PlainSeries[], at: number = 0): Promise<BlockEntry> {
    const written = await this.write(some, {
      blockId: this.#nextBlockId++,
      epoch: epoch(1),
      firstSeq: seq(100 * at + 1),
      lastSeq: seq(100 * at + 100),
    });
    return blockEntryOf(written!, owner.shard, seq(0));
  }
}

function rigOf(tools: string): Rig {
  return new Rig({ tools: tools === "plain" ? plainPageTools(300) : kernelTools });
}

function within(series: readonly PlainSeries[], minMs: number, maxMs: number): PlainSeries[] {
  const isIn = ([at]: readonly [number, unknown]): boolean => at >= minMs && at <= maxMs;
  return series
    .map((one) => ({
      ...one,
      samples: one.samples.filter(isIn),
      items: one.items?.filter(isIn) ?? [],
    }))
    .filter(({ samples }) => samples.length > 0);
}

/** What must be left of blocks written in this order. */
function mergedOf(
  blocks: readonly (readonly PlainSeries[])[],
  tombstones: readonly Tombstone[],
): PlainSeries[] {
  return NAMES.flatMap((name): PlainSeries[] => {
    const samples = new Map<number, bigint>();
    const items: [number, string][] = [];
    const hidden = tombstones.filter(({ matchers }) => matchers[0]!.value === name);
    const isHidden = (at: number): boolean =>
      hidden.some(({ minMs, maxMs }) => at >= minMs && at <= maxMs);
    for (const { labels, samples: rows, items: some } of blocks.flat()) {
      if (labels["__name__"] !== name) continue;
      for (const [at, bits] of rows) {
        if (!samples.has(at) && !isHidden(at)) samples.set(at, bits);
      }
      for (const [at, item] of some ?? []) items.push([at, item]);
    }
    if (samples.size === 0) return [];
    // The same item twice is once there.
    const unique = new Map(items.map((one) => [one.join(), one]));
    return [
      {
        labels: { __name__: name },
        samples: [...samples].sort(([a], [b]) => a - b),
        items: [...unique.values()].sort(([a], [b]) => a - b),
      },
    ];
  });
}

test("a block gives back the histograms whose samples it has", async () => {
  const property = fc.asyncProperty(
    oneBlock,
    anyTools,
    fc.tuple(anyTime, anyTime),
    async (series, tools, ends) => {
      const rig = rigOf(tools);
      const written = await rig.write(series);
      expect(await rig.readAll()).toEqual(expectedOf(series));
      const [minMs, maxMs] = ends.toSorted((a, b) => a - b) as [number, number];
      const part = expectedOf(within(series, minMs, maxMs));
      expect(await rig.readAll(1, minMs, maxMs)).toEqual(part);
      const reader = await rig.open(1, written!.footerCrc);
      await reader.verify();
      const some = expectedOf(series).some(({ items }) => items !== undefined);
      expect(reader.file.hasSection(SECTION_HISTOGRAM_PAGES)).toBe(some);
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

test("a merge keeps the bytes of the samples it keeps, a bucket its last ones", async () => {
  const deletions = fc.array(fc.tuple(anyTime, anyTime, fc.constantFrom(...NAMES)), {
    maxLength: 2,
  });
  const property = fc.asyncProperty(
    fc.array(oneBlock, { minLength: 1, maxLength: 3 }),
    deletions,
    anyTools,
    async (blocks, deleted, tools) => {
      const rig = rigOf(tools);
      const tombstones = deleted.map(([one, other, name]): Tombstone => ({
        seq: seq(1000),
        tenant: tenantId(0),
        minMs: Math.min(one, other),
        maxMs: Math.max(one, other),
        matchers: [{ name: "__name__", kind: "=", value: name }],
      }));
      const sources: BlockEntry[] = [];
      for (const [i, block] of blocks.entries()) sources.push(await rig.add(block, i));
      const task = {
        ...{ tier: 0 as const, rangeStartMs: 0, rangeEndMs: RANGE_MS, sources, isMerge: true },
        ...{ makesTiers: [1] as const, replaces: [] },
      };
      const { addBlocks } = await mergeBlocks(task, rig.context(tombstones));
      const want = expectedOf(mergedOf(blocks, tombstones));
      const [raw, minutes] = addBlocks;
      expect(raw === undefined ? [] : await rig.readAll(raw.blockId)).toEqual(want);
      if (minutes === undefined) expect(want).toEqual([]);
      else expect(await readBuckets(rig, minutes)).toEqual(bucketMap(want));
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

test("of a bucket in two tiers the newest counts, deleted ones go whole", async () => {
  const property = fc.asyncProperty(
    fc.array(oneBlock, { minLength: 1, maxLength: 3 }),
    fc.option(fc.tuple(anyTime, anyTime, fc.constantFrom(...NAMES))),
    fc.tuple(anyTime, anyTime),
    anyTools,
    async (blocks, deleted, ends, tools) => {
      const rig = rigOf(tools);
      const range = { rangeStartMs: 0, rangeEndMs: RANGE_MS };
      const tiers: BlockEntry[] = [];
      const want = new Map<string, Map<number, PlainBucket>>();
      const tombstones: Tombstone[] = [];
      if (deleted !== null) {
        const [minMs, maxMs] = [deleted[0], deleted[1]].toSorted((a, b) => a - b);
        const matchers = [{ name: "__name__", kind: "=" as const, value: deleted[2] }];
        const when = { seq: seq(1000), tenant: tenantId(0) };
        tombstones.push({ ...when, minMs: minMs!, maxMs: maxMs!, matchers });
      }
      for (const [at, block] of blocks.entries()) {
        const raw = await rig.add(block, at);
        const task = { ...range, tier: 0 as const, sources: [raw], replaces: [] };
        const made = { ...task, isMerge: false, makesTiers: [1 as const] };
        tiers.push((await mergeBlocks(made, rig.context())).addBlocks[0]!);
        for (const [key, buckets] of bucketMap(expectedOf(block))) {
          const series = want.get(key) ?? new Map<number, PlainBucket>();
          want.set(key, series);
          for (const bucket of buckets) series.set(bucket.bucketMs, bucket);
        }
      }
      for (const { minMs, maxMs, matchers } of tombstones) {
        const series = want.get(JSON.stringify({ __name__: matchers[0]!.value }));
        for (const start of series?.keys() ?? []) {
          if (start <= maxMs && start + 60_000 > minMs) series!.delete(start);
        }
      }
      const sorted = [...want].map(([key, series]): [string, PlainBucket[]] => [
        key,
        [...series.values()].sort((a, b) => a.bucketMs - b.bucketMs),
      ]);
      const left = sorted.filter(([, buckets]) => buckets.length > 0);
      const task = { ...range, tier: 1 as const, sources: tiers, isMerge: true };
      const rest = { makesTiers: [], replaces: [] };
      const { addBlocks } = await mergeTiers({ ...task, ...rest }, rig.context(tombstones));
      const [merged] = addBlocks;
      if (merged === undefined) {
        expect(left).toEqual([]);
        return;
      }
      expect(await readBuckets(rig, merged)).toEqual(new Map(left));
      const [minMs, maxMs] = ends.toSorted((a, b) => a - b) as [number, number];
      const inRange = left.map(([key, buckets]): [string, PlainBucket[]] => [
        key,
        buckets.filter(({ bucketMs }) => bucketMs + 60_000 > minMs && bucketMs <= maxMs),
      ]);
      expect(await readBuckets(rig, merged, minMs, maxMs)).toEqual(
        new Map(inRange.filter(([, buckets]) => buckets.length > 0)),
      );
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

test("damaged histograms are found, and saving the rest makes no floats of them", async () => {
  const property = fc.asyncProperty(oneBlock, anyTools, fc.nat(), async (series, tools, at) => {
    const want = expectedOf(series);
    fc.pre(want.some(({ items }) => items !== undefined));
    const rig = rigOf(tools);
    const block = await rig.add(series);
    const pages = (await (await rig.open(block.blockId)).index()).histogramPages!;
    const page = at % pages.pageCount;
    const offset = pages.offset(page) + (at % pages.length(page));
    const path = `shards/00003/blocks/${String(block.blockId).padStart(10, "0")}.blk`;
    rig.model.open(path).live.view()[offset]! ^= 1;
    await expect((await rig.open(block.blockId)).verify()).rejects.toThrow(/cannot read/);
    await expect(rig.readAll(block.blockId)).rejects.toThrow(/cannot read/);
    const { saved, lostSamples, damagedPages } = await salvageBlock(block, rig.context());
    expect(damagedPages).toBe(1);
    const left = saved === null ? [] : await rig.readAll(saved.blockId);
    const before = new Map(want.map((one) => [one.labels["__name__"], one]));
    let lost = want.reduce((sum, { samples }) => sum + samples.length, 0);
    for (const { labels, samples, items = [] } of left) {
      const whole = before.get(labels["__name__"])!;
      const whatWas = new Map(whole.items);
      expect(items.every(([time, item]) => whatWas.get(time) === item)).toBe(true);
      const kept = new Map(items);
      // What was a histogram is one or is gone.
      expect(samples.every(([time]) => whatWas.has(time) === kept.has(time))).toBe(true);
      lost -= samples.length;
    }
    expect(lostSamples).toBe(lost);
  });
  await fc.assert(property, { numRuns: 60 });
});

function bucketMap(series: readonly PlainSeries[]): Map<string, PlainBucket[]> {
  return new Map(series.map((one) => [JSON.stringify(one.labels), bucketsOf(one, 60_000)]));
}

async function readBuckets(
  rig: Rig,
  { blockId }: BlockEntry,
  minMs: number = -Infinity,
  maxMs: number = Infinity,
): Promise<Map<string, PlainBucket[]>> {
  const reader = await rig.open(blockId);
  await reader.verify();
  const owned = await reader.owned(0, 0xffff_ffff);
  const range = { minMs, maxMs };
  return await plainBuckets(await reader.readTier(owned, range, ALL_AGGREGATES));
}
