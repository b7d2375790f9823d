/**
 * Blocks written and read back: samples, selections, bounds, refusals.
 * Covers: src/tsdb/block/, src/tsdb/index/select-refs.ts
 */
import { expect, test } from "vitest";
import { AssertionError } from "#base/assert.ts";
import { decodeLabels } from "#model/canonical-labels.ts";
import { labelsRecord } from "#model/labels.ts";
import type { Matcher } from "#model/matcher.ts";
import { tenantId } from "#model/refs.ts";
import {
  bitsOf,
  blockSeriesOf,
  BlockRig,
  expectedOf,
  HOUR_MS,
  plainOf,
  scrapedSeries,
  type PlainSeries,
} from "#test/support/block-rig.ts";
import { plainPageTools } from "#test/support/plain-pages.ts";
import { BlockWriter } from "#tsdb/block/block-writer.ts";

const STALE = 0x7ff0_0000_0000_0002n;
const everything = { minMs: -Infinity, maxMs: Infinity };

function matchers(...texts: string[]): Matcher[] {
  return texts.map((text) => {
    const [, name, kind, value] = /^([^=!~]*)(=~|!~|!=|=)(.*)$/.exec(text)!;
    return { name: name!, kind: kind as Matcher["kind"], value: value! };
  });
}

test("samples come back bit by bit, in the order of placements", async () => {
  const rig = new BlockRig();
  const odd: PlainSeries = {
    labels: { __name__: "odd" },
    samples: [
      [0, STALE],
      [1, 1n << 63n],
      [5, 0x7ff8_dead_beef_0001n],
      [7_199_999, bitsOf(-Infinity)],
    ],
  };
  const series = [...scrapedSeries(5, 7, 100), odd];
  const written = await rig.write(series);
  expect(await rig.readAll()).toEqual(expectedOf(series));
  const reader = await rig.open(1, written!.footerCrc);
  expect(reader.meta).toEqual(written!.meta);
  expect(reader.meta).toMatchObject({
    blockId: 1,
    minMs: 0,
    maxMs: 7_199_999,
    seriesCount: 36,
    sampleCount: 3504,
  });
  expect(reader.file.fileBytes).toBe(written!.fileBytes);
  await reader.verify();
});

test("a range of time gives the samples inside, both ends included", async () => {
  const rig = new BlockRig();
  const series = scrapedSeries(3, 3, 400);
  await rig.write(series);
  const cut = expectedOf(series).map((one) => ({
    ...one,
    samples: one.samples.filter(([timestamp]) => timestamp >= 30_000 && timestamp <= 1_500_000),
  }));
  expect(await rig.readAll(1, 30_000, 1_500_000)).toEqual(cut);
  expect(await rig.readAll(1, 1, 2)).toEqual([]);
});

test("selections name the series that matchers and tenant name", async () => {
  const rig = new BlockRig();
  const series = [...scrapedSeries(4, 5, 3), ...scrapedSeries(2, 5, 3, { tenant: 9 })];
  await rig.write(series);
  const reader = await rig.open();
  const named = async (tenant: number, ...texts: string[]): Promise<string[]> => {
    const numbers = await reader.select(tenantId(tenant), matchers(...texts));
    expect([...numbers]).toEqual([...numbers].sort((a, b) => a - b));
    const { series: table } = await reader.index();
    return [...numbers].map((number) => {
      const { labels, tenant: got } = table.identity(number);
      expect(got).toBe(tenant);
      return Object.values(labelsRecord(decodeLabels(labels))).join(" ");
    });
  };
  expect((await named(0, "__name__=metric_3", "job=größe")).sort()).toEqual([
    "metric_3 10.0.0.1:9100 größe",
    "metric_3 10.0.0.3:9100 größe",
  ]);
  expect(await named(9, "instance=~10.0.0.[12]:.*", "__name__!=metric_0")).toHaveLength(4);
  expect(await named(0)).toHaveLength(20);
  expect(await named(0, "nothing=")).toHaveLength(20);
  expect(await named(0, "nothing!=")).toEqual([]);
  expect(await named(0, "job!~node|x")).toHaveLength(10);
  expect(await named(5, "job=node")).toEqual([]);
  expect(await named(0, "=")).toHaveLength(20);
  expect(await reader.labelNames(tenantId(9))).toEqual(["__name__", "instance", "job"]);
  expect(await reader.labelValues(tenantId(0), "job")).toEqual(["größe", "node"]);
  expect(await reader.labelValues(tenantId(9), "instance")).toEqual([
    "10.0.0.0:9100",
    "10.0.0.1:9100",
  ]);
  expect(await reader.labelValues(tenantId(5), "job")).toEqual([]);
  const chosen = await reader.select(tenantId(0), matchers("__name__=metric_1"));
  const read = await plainOf(await reader.read(chosen, everything));
  expect(read).toHaveLength(4);
  reader.releaseIndex();
  expect(await reader.select(tenantId(0), matchers("__name__=metric_1"))).toEqual(chosen);
});

test("a part of the placements can be read alone", async () => {
  const rig = new BlockRig();
  const series = scrapedSeries(8, 4, 2);
  await rig.write(series);
  const reader = await rig.open();
  const half = 0x8000_0000;
  const part = async (min: number, max: number): Promise<PlainSeries[]> =>
    plainOf(await reader.read(await reader.owned(min, max), everything));
  const low = await part(0, half - 1);
  const high = await part(half, 0xffff_ffff);
  expect([...low, ...high]).toEqual(expectedOf(series));
  expect(low.length).toBeGreaterThan(0);
  expect(high.length).toBeGreaterThan(0);
});

test("a series may fill many pages", async () => {
  const rig = new BlockRig();
  const samples = Array.from({ length: 5000 }, (_, i): [number, bigint] => [i, bitsOf(i / 3)]);
  const series = [...scrapedSeries(2, 2, 5), { labels: { __name__: "long" }, samples }];
  await rig.write(series);
  expect(await rig.readAll()).toEqual(expectedOf(series));
  const part = await rig.readAll(1, 1000, 1004);
  expect(part.map(({ samples: rows }) => rows.length)).toEqual([5]);
});

test("nothing in gives no file", async () => {
  const rig = new BlockRig();
  expect(await rig.write([])).toBeNull();
  expect(rig.model.list("shards/00003/blocks")).toEqual([]);
});

test("input out of order or outside the range is a bug, and leaves no file", async () => {
  const tools = plainPageTools();
  const rig = new BlockRig({ tools });
  const at = (...times: number[]): PlainSeries => ({
    labels: { __name__: "up" },
    samples: times.map((time) => [time, 0n]),
  });
  for (const bad of [at(5, 5), at(6, 5), at(-1), at(2 * HOUR_MS), at(), at(Number.NaN)]) {
    await expect(rig.write([bad])).rejects.toThrow(AssertionError);
    expect(rig.model.list("shards/00003/blocks")).toEqual([]);
  }
  const twice = [at(1), at(2)];
  await expect(rig.write(twice)).rejects.toThrow(/is not behind/);
  expect(tools.outCount()).toBe(0);
  await rig.write([at(1)]);
  await expect(rig.write([at(1)])).rejects.toThrow(/names are never used twice/);
  expect(rig.model.list("shards/00003/blocks")).toEqual(["0000000001.blk"]);
});

test("series may come in parts, and many blocks are written side by side", async () => {
  const rig = new BlockRig();
  const series = expectedOf(scrapedSeries(2, 3, 500, { stepMs: 14_400 }));
  const writers = await Promise.all(
    [1, 2].map((blockId) =>
      BlockWriter.create(
        rig.options({
          blockId,
          rangeStartMs: (blockId - 1) * HOUR_MS,
          rangeEndMs: blockId * HOUR_MS,
        }),
      ),
    ),
  );
  for (const one of series) {
    const whole = blockSeriesOf(one);
    await writers[0]!.add({ ...whole, end: 100 });
    await writers[0]!.addSamples({ ...whole, start: 100, end: 250 });
    await writers[1]!.add({ ...whole, start: 250 });
  }
  for (const writer of writers) await writer.finish();
  const parts = [await rig.readAll(1), await rig.readAll(2)];
  const joined = parts[0]!.map((one, i) => ({
    ...one,
    samples: [...one.samples, ...parts[1]![i]!.samples],
  }));
  expect(joined).toEqual(series);
});

test("a file that is not the manifest's is refused", async () => {
  const rig = new BlockRig();
  const { footerCrc } = (await rig.write(scrapedSeries(1, 1, 1)))!;
  await expect(rig.open(1, footerCrc ^ 1)).rejects.toThrow(/the manifest has/);
  await expect(rig.open(2)).rejects.toThrow(/the file is gone/);
});
