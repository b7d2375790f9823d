/**
 * Buckets of dense decimals, whose columns are stored as distances, whole and in part.
 * Covers: src/tsdb/block/tier-writer.ts, src/tsdb/block/tier-implied.ts
 */
import { expect, test } from "vitest";
import {
  bitsOf,
  blockSeriesOf,
  BlockRig,
  HOUR_MS,
  type PlainSeries,
} from "#test/support/block-rig.ts";
import { kernelPageTools } from "#test/support/kernel-pages.ts";
import { bucketsOf, plainBuckets } from "#test/support/plain-buckets.ts";
import { BlockWriter } from "#tsdb/block/block-writer.ts";
import { HistogramList } from "#tsdb/block/histogram-list.ts";
import { aggregateSeries } from "#tsdb/block/tier-aggregate.ts";
import { ALL_AGGREGATES } from "#tsdb/block/tier-cursor.ts";
import { TierRows } from "#tsdb/block/tier-rows.ts";
import { TierWriter } from "#tsdb/block/tier-writer.ts";
import { TIER_1M } from "#tsdb/block/tier.ts";

const MINUTE_MS = 60_000;
const NO_HISTOGRAMS = new HistogramList();
const STALE = 0x7ff0_0000_0000_0002n;

/** A sample every ten seconds from `valueAt`; none where that is null. */
function dense(name: string, valueAt: (i: number) => bigint | number | null): PlainSeries {
  const samples: [number, bigint][] = [];
  for (let i = 0; i < 240; i++) {
    const value = valueAt(i);
    if (value !== null)
      samples.push([i * 10_000, typeof value === "bigint" ? value : bitsOf(value)]);
  }
  return { labels: { __name__: name }, samples };
}

const series = [
  dense("counter", (i) => Math.round(137 * i + ((i * i * 31) % 97)) / 100),
  dense("gauge", (i) => Math.round(1000 * Math.sin(i)) / 100),
  // Buckets without samples, with one, and with a stale marker only or last.
  dense("gaps", (i) => (i % 37 < 9 ? null : i % 41 === 3 ? STALE : ((i * 7) % 100) / 10)),
  dense("lone", (i) => (i % 6 === 4 || i % 13 === 0 ? i : null)),
  dense("negative zero", (i) => (i % 6 === 2 ? -0 : i % 3)),
  dense("no decimals", (i) => Math.sqrt(i)),
  dense("large", (i) => 2 ** 53 - 240 + i),
];

test("what is stored as distances comes back, whatever the range", async () => {
  const rig = new BlockRig({ tools: kernelPageTools() });
  const writer = await BlockWriter.create(rig.options({ tier: TIER_1M, rangeEndMs: HOUR_MS }));
  const buckets = new TierWriter(writer, TIER_1M);
  const rows = new TierRows();
  const order = series
    .map((plain) => ({ plain, block: blockSeriesOf(plain) }))
    .toSorted((a, b) => a.block.placementHigh - b.block.placementHigh);
  for (const { block } of order) {
    aggregateSeries(block, NO_HISTOGRAMS, TIER_1M, rows);
    await buckets.add(block, rows);
  }
  await writer.finish();
  const reader = await rig.open();
  const all = Uint32Array.from(series.keys());
  for (let from = -1; from < 40; from++) {
    const range = { minMs: from * MINUTE_MS, maxMs: (from + 8) * MINUTE_MS };
    const got = await plainBuckets(await reader.readTier(all, range, ALL_AGGREGATES));
    for (const plain of series) {
      const want = bucketsOf(plain, MINUTE_MS).filter(
        ({ bucketMs }) => bucketMs >= range.minMs && bucketMs <= range.maxMs,
      );
      expect(got.get(JSON.stringify(plain.labels)) ?? []).toEqual(want);
    }
  }
});

test("first values are told by the last one before, which takes fewer bytes", async () => {
  const bytesOf = async (plain: PlainSeries): Promise<number> => {
    const rig = new BlockRig({ tools: kernelPageTools() });
    const options = rig.options({ tier: TIER_1M, rangeEndMs: HOUR_MS });
    const writer = await BlockWriter.create(options);
    const rows = new TierRows();
    const block = blockSeriesOf(plain);
    aggregateSeries(block, NO_HISTOGRAMS, TIER_1M, rows);
    await new TierWriter(writer, TIER_1M).add(block, rows);
    await writer.finish();
    const { pages } = await (await rig.open()).index();
    return pages[1]!.length(0);
  };
  // Rises by one from bucket to bucket, and by anything inside.
  const steady = dense("m", (i) => (i % 6 === 0 ? i : i % 6 === 5 ? i - 4 : (i * i) % 1009));
  const odd = dense("m", (i) => (i % 6 === 0 ? Math.sqrt(i) : (i * i) % 1009));
  expect(await bytesOf(steady)).toBeLessThan((await bytesOf(odd)) / 2);
});
