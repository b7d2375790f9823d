/**
 * Long clocks stand beside the pages of a block, once for all series that share them.
 * Covers: src/tsdb/block/block-clocks-writer.ts, src/chunk/shared-clocks.ts
 */
import { expect, test } from "vitest";
import { isErrorOf } from "#base/engine-error.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import {
  bitsOf,
  BlockRig,
  expectedOf,
  HOUR_MS,
  plainOf,
  type PlainSeries,
} from "#test/support/block-rig.ts";
import { kernelPageTools } from "#test/support/kernel-pages.ts";
import { BlockClocks } from "#tsdb/block/block-clocks.ts";
import { BlockClocksWriter } from "#tsdb/block/block-clocks-writer.ts";
import { SECTION_CLOCKS } from "#tsdb/block/block-format.ts";

/** Targets scraped up to two seconds early or late, with values that nothing makes smaller. */
function jittered(targets: number, seriesEach: number, samples: number): PlainSeries[] {
  const random = new SeededRandom(11);
  return Array.from({ length: targets }, (_, target) => {
    const times = Array.from({ length: samples }, (_, i) => {
      return i * 5000 + Math.floor(random.float() * 4000);
    });
    return Array.from({ length: seriesEach }, (__, i): PlainSeries => {
      const samplesOf = times.map((at) => [at, bitsOf(random.float())] as const);
      const labels = { __name__: `m_${i}`, instance: `10.0.0.${target}:1`, job: "node" };
      return { labels, samples: samplesOf };
    });
  }).flat();
}

test("series of a target share a clock over many pages, and read the same", async () => {
  const rig = new BlockRig({ tools: kernelPageTools() });
  const series = jittered(3, 40, 1400);
  await rig.write(series, { rangeEndMs: 2 * HOUR_MS });
  expect(await rig.readAll()).toEqual(expectedOf(series));
  const reader = await rig.open();
  await reader.verify();
  const { pages, clocks } = await reader.index();
  expect(pages[0]!.pageCount).toBeGreaterThan(12);
  const counts = [0, 1, 2, 3].map((number) => clocks!.bytesOf(number)?.length ?? 0);
  expect(counts.slice(0, 3).every((bytes) => bytes > 512)).toBe(true);
  expect(counts[3]).toBe(0);
  // One series in the middle, from one page.
  const one = await plainOf(await reader.read(Uint32Array.of(70), { minMs: 1e6, maxMs: 2e6 }));
  const want = expectedOf(series)[70]!;
  expect(one).toEqual([
    { ...want, samples: want.samples.filter(([at]) => at >= 1e6 && at <= 2e6) },
  ]);
});

test("a block of even scrapes has no section of clocks", async () => {
  const rig = new BlockRig({ tools: kernelPageTools() });
  await rig.write([{ labels: { a: "b" }, samples: [[0, 1n]] }]);
  expect((await rig.open()).file.hasSection(SECTION_CLOCKS)).toBe(false);
});

test("equal clocks among the last few are one", () => {
  const writer = new BlockClocksWriter();
  const clock = (seed: number): Uint8Array => new Uint8Array(5).fill(seed);
  expect([1, 2, 1, 3, 2].map((seed) => writer.add(clock(seed)))).toEqual([0, 1, 0, 2, 1]);
  const clocks = new BlockClocks("file", writer.finish());
  expect([0, 1, 2].map((number) => clocks.bytesOf(number)?.[0])).toEqual([1, 2, 3]);
  expect(clocks.bytesOf(3)).toBe(null);
});

test("ends that fall or lie beyond the bytes are damage", () => {
  const damaged = (change: (words: Uint32Array) => void): unknown => {
    const writer = new BlockClocksWriter();
    for (const seed of [1, 2, 3]) writer.add(new Uint8Array(8).fill(seed));
    const section = writer.finish().slice();
    change(new Uint32Array(section.buffer));
    try {
      return new BlockClocks("file", section);
    } catch (error) {
      return error;
    }
  };
  expect(
    isErrorOf(
      damaged((words) => (words[3] = 4)),
      CORRUPTION,
    ),
  ).toBe(true);
  expect(
    isErrorOf(
      damaged((words) => (words[4] = 25)),
      CORRUPTION,
    ),
  ).toBe(true);
  expect(damaged(() => 0)).toBeInstanceOf(BlockClocks);
});
