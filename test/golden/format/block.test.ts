/**
 * A block file, byte for byte but for its pages, which are of the plain codec of the tests (the real
 * one has fixtures of its own). The fixture was computed by a separate program from
 * `src/tsdb/block/FORMAT.md`. A change of format adds a fixture, it never changes this one.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { shardId, tenantId } from "#model/refs.ts";
import { DiskModel } from "#test/sim/disk-model.ts";
import { WalDisk } from "#test/sim/wal-disk.ts";
import { plainPageTools } from "#test/support/plain-pages.ts";
import type { BlockMeta } from "#tsdb/block/block-meta.ts";
import { BlockReader } from "#tsdb/block/block-reader.ts";
import type { BlockSeries } from "#tsdb/block/block-series.ts";
import { writeBlock } from "#tsdb/block/block-writer.ts";

interface FixtureSeries {
  readonly tenant: number;
  readonly placement: [number, number];
  readonly fingerprint: [number, number];
  /** Canonical label bytes, hex. */
  readonly labels: string;
  /** Timestamp, hex digits of the value's bits. */
  readonly samples: [number, string][];
}

const fixture = JSON.parse(readFileSync(new URL("./block.json", import.meta.url), "utf8")) as {
  clusterUuid: string;
  shard: number;
  meta: BlockMeta;
  series: FixtureSeries[];
  bytes: string[];
};
const { meta } = fixture;
const owner = {
  clusterUuid: Uint8Array.fromHex(fixture.clusterUuid),
  shard: shardId(fixture.shard),
};
const path = "shards/00300/blocks/0000000009.blk";

function seriesOf({ tenant, placement, fingerprint, labels, samples }: FixtureSeries): BlockSeries {
  const bits = BigUint64Array.from(samples, ([, hex]) => BigInt(`0x${hex}`));
  return {
    tenant: tenantId(tenant),
    placementLow: placement[0],
    placementHigh: placement[1],
    fingerprintLow: fingerprint[0],
    fingerprintHigh: fingerprint[1],
    labels: Uint8Array.fromHex(labels),
    timestamps: Float64Array.from(samples, ([at]) => at),
    values: new Float64Array(bits.buffer),
    start: 0,
    end: samples.length,
    histograms: null,
  };
}

test("the writer makes the golden bytes", async () => {
  const model = new DiskModel();
  const { blockId, tier, rangeStartMs, rangeEndMs, epoch, firstSeq, lastSeq } = meta;
  const range = { blockId, tier, rangeStartMs, rangeEndMs, epoch, firstSeq, lastSeq };
  const all = fixture.series.map(seriesOf);
  let at = 0;
  const source = { next: async () => all[at++] ?? null, close: () => {} };
  const options = { disk: new WalDisk(model), owner, tools: plainPageTools(), ...range };
  const written = await writeBlock(options, source);
  expect(written!.meta).toEqual(meta);
  const bytes = model.liveSnapshot().get(path)!;
  expect(bytes.toHex().match(/.{1,64}/g)).toEqual(fixture.bytes);
});

test("the reader reads the golden bytes", async () => {
  const folders = ["shards/", "shards/00300/", "shards/00300/blocks/"];
  const files = new Map<string, Uint8Array | null>(folders.map((folder) => [folder, null]));
  files.set(path, Uint8Array.fromHex(fixture.bytes.join("")));
  const disk = new WalDisk(DiskModel.from(files));
  const tools = plainPageTools();
  const reader = await BlockReader.open({ disk, owner, blockId: 9, tools, footerCrc: null });
  expect(reader.meta).toEqual(meta);
  await reader.verify();
  const cursor = await reader.readAll({ minMs: -Infinity, maxMs: Infinity });
  for (const want of fixture.series) {
    const got = (await cursor.next())!;
    const values = new BigUint64Array(got.values.slice(0, got.end).buffer);
    expect({
      tenant: got.tenant,
      placement: [got.placementLow, got.placementHigh],
      fingerprint: [got.fingerprintLow, got.fingerprintHigh],
      labels: got.labels.toHex(),
      samples: [...values].map((bits, i) => [
        got.timestamps[i],
        bits.toString(16).padStart(16, "0"),
      ]),
    }).toEqual(want);
  }
  expect(await cursor.next()).toBeNull();
});
