import fc from "fast-check";
import { expect, test } from "vitest";
import { epoch } from "#model/refs.ts";
import type { GenerationSlice } from "#storage/head-generation.ts";
import { flushGeneration } from "#tsdb/flush/flush-generation.ts";
import type { FlushResult } from "#tsdb/flush/flush-generation.ts";
import { BlockRig, blockSeriesOf, HOUR_MS, owner, plainOf } from "#test/support/block-rig.ts";
import type { PlainSeries } from "#test/support/block-rig.ts";
import { blockFolder } from "#tsdb/block/block-path.ts";
import { compareIdentities } from "#tsdb/block/block-series.ts";

function sliceOf(series: readonly PlainSeries[]): GenerationSlice {
  const all = series.map(blockSeriesOf).toSorted(compareIdentities);
  const starts = (lengths: readonly number[]): Uint32Array => {
    const start = new Uint32Array(lengths.length + 1);
    for (const [i, length] of lengths.entries()) start[i + 1] = start[i]! + length;
    return start;
  };
  const join = (columns: readonly Float64Array[]): Float64Array =>
    new Float64Array(
      new Uint8Array(Buffer.concat(columns.map((c) => Buffer.from(c.buffer)))).buffer,
    );
  return {
    seriesCount: all.length,
    labelStart: starts(all.map(({ labels }) => labels.length)),
    labelBytes: new Uint8Array(Buffer.concat(all.map(({ labels }) => labels))),
    sampleStart: starts(all.map(({ end }) => end)),
    timestamps: join(all.map(({ timestamps }) => timestamps)),
    values: join(all.map(({ values }) => values)),
    histograms: null,
    tenants: Uint32Array.from(all, ({ tenant }) => tenant),
    fingerprints: Uint32Array.from(
      all.flatMap(({ fingerprintLow, fingerprintHigh }) => [fingerprintLow, fingerprintHigh]),
    ),
    placements: Uint32Array.from(
      all.flatMap(({ placementLow, placementHigh }) => [placementLow, placementHigh]),
    ),
  };
}

function flush(rig: BlockRig, series: readonly PlainSeries[]): Promise<FlushResult> {
  const times = series.flatMap(({ samples }) => samples.map(([timestampMs]) => timestampMs));
  const slices = [sliceOf(series)];
  let nextBlockId = 5;
  return flushGeneration(
    { next: async () => slices.shift() ?? null },
    {
      disk: rig.disk,
      owner,
      tools: rig.tools,
      epoch: epoch(1),
      takeBlockId: () => nextBlockId++,
      generation: {
        number: 1,
        firstSeq: 1,
        lastSeq: 9,
        minMs: Math.min(...times, Infinity),
        maxMs: Math.max(...times, -Infinity),
        sampleCount: times.length,
      },
    },
  );
}

const sampleTimes = fc.uniqueArray(fc.integer({ min: -5 * HOUR_MS, max: 9 * HOUR_MS }), {
  minLength: 1,
  maxLength: 12,
});

test("every sample is in exactly the block of its range", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sampleTimes, { maxLength: 6 }), async (given) => {
      const rig = new BlockRig();
      const series = given.map((times, i): PlainSeries => {
        const samples = times.toSorted((a, b) => a - b).map((t) => [t, BigInt(t + 1e10)] as const);
        return { labels: { __name__: `m${i}` }, samples };
      });
      const { blocks, sampleCount } = await flush(rig, series);
      const found: string[] = [];
      for (const { meta } of blocks) {
        const reader = await rig.open(meta.blockId);
        const { rangeStartMs, rangeEndMs } = meta;
        const all = await plainOf(await reader.readAll({ minMs: -1e15, maxMs: 1e15 }));
        for (const { labels, samples } of all) {
          for (const [timestampMs, bits] of samples) {
            expect(timestampMs >= rangeStartMs && timestampMs < rangeEndMs).toBe(true);
            found.push(`${labels["__name__"]} ${timestampMs} ${bits}`);
          }
        }
        await reader.close();
      }
      const want = series.flatMap(({ labels, samples }) =>
        samples.map(([timestampMs, bits]) => `${labels["__name__"]} ${timestampMs} ${bits}`),
      );
      expect(found.toSorted()).toEqual(want.toSorted());
      expect(sampleCount).toBe(want.length);
    }),
    { numRuns: 60 },
  );
});

test("samples of many years go to wider blocks", async () => {
  const rig = new BlockRig();
  const years = Array.from({ length: 20 }, (_, year) => [year * 8760 * HOUR_MS, 1n] as const);
  const { blocks } = await flush(rig, [{ labels: { __name__: "old" }, samples: years }]);
  expect(blocks.length).toBeGreaterThan(10);
  expect(blocks.length).toBeLessThanOrEqual(32);
  expect(blocks.map(({ meta }) => meta.blockId)).toEqual(blocks.map((_, i) => 5 + i));
});

test("an empty generation writes nothing", async () => {
  const rig = new BlockRig();
  expect(await flush(rig, [])).toEqual({ blocks: [], sampleCount: 0 });
});

test("a flush that fails leaves no files behind", async () => {
  const rig = new BlockRig({
    hooks: { faultAt: (_at, did, path) => (did === "sync" && path.includes("06.") ? "io" : null) },
  });
  const samples = [0, 1, 2, 3].map((n) => [n * HOUR_MS, 1n] as const);
  const flushing = flush(rig, [{ labels: { __name__: "a" }, samples }]);
  await expect(flushing).rejects.toThrow(/0000000006/);
  expect(await rig.disk.list(blockFolder(owner.shard))).toEqual([]);
});
