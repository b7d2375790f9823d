/** More blocks read side by side than there are decoders: pages are opened again, nothing changes. */
import { expect, test } from "vitest";
import { AssertionError } from "#base/assert.ts";
import {
  bitsOf,
  BlockRig,
  expectedOf,
  plainOf,
  type PlainSeries,
} from "#test/support/block-rig.ts";
import { kernelPageTools } from "#test/support/kernel-pages.ts";
import type { BlockReader } from "#tsdb/block/block-reader.ts";
import { SeriesMerger } from "#tsdb/block/series-merger.ts";

const BLOCKS = 60;

test("decoders change hands while many blocks are merged", async () => {
  const rig = new BlockRig({ tools: kernelPageTools() });
  const names = ["up", "load", "temp"];
  const readers: BlockReader[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const series = names.map((name): PlainSeries => ({
      labels: { __name__: name },
      samples: [[block, bitsOf(block / 7)]],
    }));
    await rig.write(series, { blockId: block + 1 });
    readers.push(await rig.open(block + 1));
  }
  const range = { minMs: 0, maxMs: BLOCKS };
  const merger = new SeriesMerger(await Promise.all(readers.map((one) => one.readAll(range))));
  const want = names.map((name): PlainSeries => ({
    labels: { __name__: name },
    samples: Array.from({ length: BLOCKS }, (_, at) => [at, bitsOf(at / 7)]),
  }));
  expect(await plainOf(merger)).toEqual(expectedOf(want));
});

test("coders come back empty, and strangers are refused", () => {
  const tools = kernelPageTools();
  const encoder = tools.lendEncoder();
  encoder.add(0, 1, 2, Float64Array.of(1), Float64Array.of(2), 0, 1);
  tools.takeBack(encoder);
  const again = tools.lendEncoder();
  expect(again).toBe(encoder);
  expect(() => again.finish()).toThrow(AssertionError);
  const digest = tools.lendDigest();
  digest.add(1, 2, Float64Array.of(1), Float64Array.of(2), 0, 1);
  tools.takeBack(digest);
  expect(tools.lendDigest().words).toEqual(new Uint32Array(4));
  const stranger = kernelPageTools();
  expect(() => tools.takeBack({ ...stranger.lendDigest() })).toThrow(AssertionError);
});
