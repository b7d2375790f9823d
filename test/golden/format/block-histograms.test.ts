/**
 * A raw block with histograms and the 1m tier of it, byte for byte but for the pages, which are of the
 * plain codec of the tests. The fixture is what the first writer of section 28 wrote; from then on a
 * change of format adds a fixture and reads this one still.
 * Covers: src/tsdb/block/histogram-list.ts, src/tsdb/block/split-histograms.ts
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { seq } from "#model/refs.ts";
import {
  bitsOf,
  BlockRig,
  expectedOf,
  HOUR_MS,
  owner,
  tagOf,
  type PlainSeries,
} from "#test/support/block-rig.ts";
import { bucketsOf, plainBuckets } from "#test/support/plain-buckets.ts";
import { DiskModel } from "#test/sim/disk-model.ts";
import { SECTION_HISTOGRAM_PAGES } from "#tsdb/block/block-format.ts";
import { blockPath } from "#tsdb/block/block-path.ts";
import { BlockReaders } from "#tsdb/block/block-readers.ts";
import { ALL_AGGREGATES } from "#tsdb/block/tier-cursor.ts";
import { runCompaction } from "#tsdb/compaction/run-compaction.ts";
import { blockEntryOf } from "#tsdb/manifest/block-entry.ts";

const fixture = JSON.parse(
  readFileSync(new URL("./block-histograms.json", import.meta.url), "utf8"),
) as { raw: string[]; tier: string[] };
const everything = { minMs: -Infinity, maxMs: Infinity };
/** Blocks do not look into items. */
const [short, long, lost] = ["0100000000000011", "02".repeat(40), "0300000000000033"] as const;
const series: readonly PlainSeries[] = [
  { labels: { __name__: "floats" }, samples: [[1000, bitsOf(1)]] },
  {
    labels: { __name__: "mixed" },
    samples: [
      [0, tagOf(short)],
      [30_000, bitsOf(7)],
      [59_999, tagOf(long)],
      [60_000, tagOf(short)],
      // A float that looks like a histogram.
      [90_000, tagOf(lost)],
    ],
    items: [
      [0, short],
      [59_999, long],
      [60_000, short],
    ],
  },
  {
    labels: { __name__: "sizes" },
    samples: [[3_600_000, tagOf(long)]],
    items: [[3_600_000, long]],
  },
];

const bytesOf = (rig: BlockRig, blockId: number): string[] | null =>
  rig.model
    .liveSnapshot()
    .get(blockPath(owner.shard, blockId))!
    .toHex()
    .match(/.{1,64}/g);

test("the writer makes the golden bytes", async () => {
  const rig = new BlockRig();
  const written = await rig.write(series);
  const { disk, tools } = rig;
  const readers = new BlockReaders({ disk, clusterUuid: owner.clusterUuid, tools });
  await runCompaction(
    {
      ...{ tier: 0, rangeStartMs: 0, rangeEndMs: 2 * HOUR_MS, isMerge: false, makesTiers: [1] },
      ...{ sources: [blockEntryOf(written!, owner.shard, seq(0))], replaces: [] },
    },
    { disk, owner, tools, readers, tombstones: [], takeBlockId: () => 2 },
  );
  expect({ raw: bytesOf(rig, 1), tier: bytesOf(rig, 2) }).toEqual(fixture);
});

test("the reader reads the golden bytes", async () => {
  const folder = blockPath(owner.shard, 1).replace(/[^/]*$/, "");
  const parts = folder.split("/").slice(0, -1);
  const files = new Map<string, Uint8Array | null>(
    parts.map((_, i) => [`${parts.slice(0, i + 1).join("/")}/`, null]),
  );
  files.set(blockPath(owner.shard, 1), Uint8Array.fromHex(fixture.raw.join("")));
  files.set(blockPath(owner.shard, 2), Uint8Array.fromHex(fixture.tier.join("")));
  const rig = new BlockRig({ model: DiskModel.from(files) });
  const raw = await rig.open(1);
  await raw.verify();
  expect(raw.file.hasSection(SECTION_HISTOGRAM_PAGES)).toBe(true);
  expect(await rig.readAll(1)).toEqual(expectedOf(series));
  const tier = await rig.open(2);
  await tier.verify();
  const owned = await tier.owned(0, 0xffff_ffff);
  const buckets = await plainBuckets(await tier.readTier(owned, everything, ALL_AGGREGATES));
  expect(buckets).toEqual(
    new Map(series.map((one) => [JSON.stringify(one.labels), bucketsOf(one, 60_000)])),
  );
});
