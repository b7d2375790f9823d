/**
 * Merges and tiers against plain maps: overlapping blocks, deletions, buckets of any samples.
 * Covers: src/tsdb/compaction/, src/tsdb/block/, src/tsdb/tombstone/
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { labelsOf } from "#model/labels.ts";
import { compileMatchers } from "#model/matches-labels.ts";
import { epoch, seq, tenantId } from "#model/refs.ts";
import {
  bitsOf,
  BlockRig,
  expectedOf,
  HOUR_MS,
  owner,
  type PlainSeries,
} from "#test/support/block-rig.ts";
import { kernelPageTools } from "#test/support/kernel-pages.ts";
import { bucketsOf, plainBuckets, type PlainBucket } from "#test/support/plain-buckets.ts";
import { plainPageTools } from "#test/support/plain-pages.ts";
import { BlockReaders } from "#tsdb/block/block-readers.ts";
import { ALL_AGGREGATES } from "#tsdb/block/tier-cursor.ts";
import type { CompactionContext } from "#tsdb/compaction/compaction-job.ts";
import { mergeBlocks } from "#tsdb/compaction/merge-blocks.ts";
import { mergeTiers } from "#tsdb/compaction/merge-tiers.ts";
import { blockEntryOf, type BlockEntry } from "#tsdb/manifest/block-entry.ts";
import type { Tombstone } from "#tsdb/tombstone/tombstone.ts";

const RANGE_MS: number = 4 * HOUR_MS;
const labelSets = [
  { __name__: "up", job: "a", instance: "x" },
  { __name__: "up", job: "b", instance: "x" },
  { __name__: "errors_total", job: "a", instance: "y" },
  { __name__: "loner" },
];

const anyBits = fc.oneof(
  fc.integer({ min: -5, max: 5 }).map(bitsOf),
  fc.double().map(bitsOf),
  fc.constantFrom(
    0x7ff0_0000_0000_0002n,
    0x7ff8_0000_0000_0000n,
    0xfff8_0000_0000_0001n,
    1n << 63n,
  ),
);
/** Times on a coarse grid meet often. */
const anyTime = fc.integer({ min: 0, max: 239 }).map((minute) => minute * 60_000);
const fineTime = fc.integer({ min: 0, max: RANGE_MS - 1 });
const oneBlock = fc.array(
  fc.record({
    which: fc.nat({ max: labelSets.length - 1 }),
    samples: fc.array(fc.tuple(fc.oneof(anyTime, fineTime), anyBits), {
      minLength: 1,
      maxLength: 60,
    }),
  }),
  { minLength: 1, maxLength: 6 },
);
const someTombstones = fc.array(
  fc.record({
    seq: fc.nat({ max: 500 }),
    from: anyTime,
    length: fc.integer({ min: 0, max: RANGE_MS }),
    job: fc.constantFrom("a", "b", ""),
  }),
  { maxLength: 3 },
);

/** Series of a block: one per label set, one value per time (the first). */
function blockOf(parts: readonly { which: number; samples: [number, bigint][] }[]): PlainSeries[] {
  const maps = new Map<number, Map<number, bigint>>();
  for (const { which, samples } of parts) {
    const map = maps.get(which) ?? new Map<number, bigint>();
    maps.set(which, map);
    for (const [at, bits] of samples) if (!map.has(at)) map.set(at, bits);
  }
  return [...maps].map(([which, map]) => ({
    labels: labelSets[which]!,
    samples: [...map].sort(([a], [b]) => a - b),
  }));
}

/** What must be left of blocks written in this order. */
function mergedOf(
  blocks: readonly PlainSeries[][],
  tombstones: readonly Tombstone[],
): PlainSeries[] {
  const all = new Map<string, { labels: PlainSeries["labels"]; samples: Map<number, bigint> }>();
  for (const [i, block] of blocks.entries()) {
    const lastSeq = 100 * (i + 1);
    for (const { labels, samples } of block) {
      const hidden = tombstones.filter(
        (one) =>
          one.seq >= lastSeq && compileMatchers(one.matchers)(labelsOf(Object.entries(labels))),
      );
      const key = JSON.stringify(labels);
      const series = all.get(key) ?? { labels, samples: new Map<number, bigint>() };
      all.set(key, series);
      for (const [at, bits] of samples) {
        if (hidden.some(({ minMs, maxMs }) => at >= minMs && at <= maxMs)) continue;
        if (!series.samples.has(at)) series.samples.set(at, bits);
      }
    }
  }
  return [...all.values()]
    .map(({ labels, samples }) => ({ labels, samples: [...samples].sort(([a], [b]) => a - b) }))
    .filter(({ samples }) => samples.length > 0);
}

class MergeRig extends BlockRig {
  #nextBlockId = 1;
  readonly readers = new BlockReaders({
    disk: this.disk,
    clusterUuid: owner.clusterUuid,
    tools: this.tools,
  });

  takeBlockId = (): number => this.#nextBlockId++;

  context(tombstones: readonly Tombstone[] = []): CompactionContext {
    const { disk, tools, readers, takeBlockId } = this;
    return { disk, owner, tools, readers, tombstones, takeBlockId };
  }

  async add(series: readonly PlainSeries[], at: number): Promise<BlockEntry> {
    const written = await this.write(series, {
      blockId: this.takeBlockId(),
      rangeStartMs: 0,
      rangeEndMs: RANGE_MS,
      epoch: epoch(1),
      firstSeq: seq(100 * at + 1),
      lastSeq: seq(100 * at + 100),
    });
    return blockEntryOf(written!, owner.shard, seq(0));
  }

  async buckets(
    entry: BlockEntry,
    minMs = -Infinity,
    maxMs = Infinity,
  ): Promise<Map<string, PlainBucket[]>> {
    const reader = await this.open(entry.blockId, entry.footerCrc);
    await reader.verify();
    const owned = await reader.owned(0, 0xffff_ffff);
    const range = { minMs, maxMs };
    return await plainBuckets(await reader.readTier(owned, range, ALL_AGGREGATES));
  }
}

function expectedBuckets(
  series: readonly PlainSeries[],
  bucketMs: number,
): Map<string, PlainBucket[]> {
  return new Map(series.map((one) => [JSON.stringify(one.labels), bucketsOf(one, bucketMs)]));
}

const kernelTools = kernelPageTools();

test("a merge is the union, the earliest written first, without what was deleted", async () => {
  const property = fc.asyncProperty(
    fc.array(oneBlock, { minLength: 1, maxLength: 4 }),
    someTombstones,
    fc.boolean(),
    async (parts, deletions, isReal) => {
      const tools = isReal ? kernelTools : plainPageTools();
      const rig = new MergeRig({ tools });
      const blocks = parts.map(blockOf);
      const tombstones = deletions.map(({ seq: at, from, length, job }): Tombstone => ({
        seq: seq(at),
        tenant: tenantId(0),
        minMs: from,
        maxMs: from + length,
        matchers: [{ name: "job", kind: "=", value: job }],
      }));
      const sources: BlockEntry[] = [];
      for (const [i, block] of blocks.entries()) sources.push(await rig.add(block, i));
      const task = {
        tier: 0 as const,
        rangeStartMs: 0,
        rangeEndMs: RANGE_MS,
        sources,
        isMerge: true,
        makesTiers: [1, 2] as const,
        replaces: [],
      };
      const result = await mergeBlocks(task, rig.context(tombstones));
      const want = mergedOf(blocks, tombstones);
      expect(result.removeBlocks).toHaveLength(sources.length);
      if (want.length === 0) {
        expect(result.addBlocks).toEqual([]);
        return;
      }
      const [raw, minutes, hours] = result.addBlocks;
      expect(await rig.readAll(raw!.blockId)).toEqual(expectedOf(want));
      expect(raw).toMatchObject({ tier: 0, firstSeq: 1, lastSeq: 100 * sources.length });
      const before = blocks.flat().reduce((sum, { samples }) => sum + samples.length, 0);
      const after = want.reduce((sum, { samples }) => sum + samples.length, 0);
      expect(result.duplicates + result.conflicts + result.removed).toBe(before - after);
      expect(await rig.buckets(minutes!)).toEqual(expectedBuckets(want, 60_000));
      expect(await rig.buckets(hours!)).toEqual(expectedBuckets(want, HOUR_MS));
      expect(rig.readers.openCount).toBeLessThanOrEqual(sources.length);
      await rig.readers.close();
      if (!isReal) expect((tools as ReturnType<typeof plainPageTools>).outCount()).toBe(0);
    },
  );
  await fc.assert(property, { numRuns: 30 });
});

test("tiers of two halves make the tier of the whole; of one bucket the newest counts", async () => {
  const range = fc.tuple(fineTime, fineTime);
  const property = fc.asyncProperty(oneBlock, oneBlock, range, async (first, second, ends) => {
    const rig = new MergeRig({ tools: kernelTools });
    const blocks = [blockOf(first), blockOf(second)];
    const tiers: BlockEntry[] = [];
    for (const [i, block] of blocks.entries()) {
      const task = {
        tier: 0 as const,
        rangeStartMs: 0,
        rangeEndMs: RANGE_MS,
        sources: [await rig.add(block, i)],
        isMerge: false,
        makesTiers: [1] as const,
        replaces: [],
      };
      tiers.push(...(await mergeBlocks(task, rig.context())).addBlocks);
    }
    const base = { rangeStartMs: 0, rangeEndMs: RANGE_MS, makesTiers: [], replaces: [] };
    const task = { ...base, tier: 1 as const, sources: tiers, isMerge: true };
    const result = await mergeTiers(task, rig.context());
    const want = expectedBuckets(blocks[0]!, 60_000);
    for (const [key, buckets] of expectedBuckets(blocks[1]!, 60_000)) {
      const starts = new Set(buckets.map(({ bucketMs }) => bucketMs));
      const older = (want.get(key) ?? []).filter(({ bucketMs }) => !starts.has(bucketMs));
      want.set(
        key,
        [...older, ...buckets].sort((a, b) => a.bucketMs - b.bucketMs),
      );
    }
    expect(await rig.buckets(result.addBlocks[0]!)).toEqual(want);
    const [minMs, maxMs] = ends.toSorted((a, b) => a - b) as [number, number];
    const inRange = [...want].map(([key, buckets]): [string, PlainBucket[]] => [
      key,
      buckets.filter(({ bucketMs }) => bucketMs + 60_000 > minMs && bucketMs <= maxMs),
    ]);
    expect(await rig.buckets(result.addBlocks[0]!, minMs, maxMs)).toEqual(
      new Map(inRange.filter(([, buckets]) => buckets.length > 0)),
    );
  });
  await fc.assert(property, { numRuns: 20 });
});
