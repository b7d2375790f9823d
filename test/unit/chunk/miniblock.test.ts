import { MiniblockReader } from "#chunk/miniblock.ts";
import { encodeChain } from "#test/support/encode-chain.ts";
import { pageKernel } from "#test/support/page-tools.ts";
import { expect, test } from "vitest";

const kernel = pageKernel();
const reader = new MiniblockReader(kernel);
const times = Float64Array.from({ length: 100 }, (_, i) => 1_760_000_000_000 + i * 15_000);

test("a chain with a short end is read back", () => {
  const values = Float64Array.from(times, (_, i) => i / 4 + (i === 50 ? Number.NaN : 0));
  const chain = encodeChain(kernel, times, values);
  reader.read(chain, 0, chain.length, 100);
  expect(reader.timestamps).toEqual(times);
  expect(reader.values).toEqual(values);
});

test("regular timestamps and repeated values cost next to nothing", () => {
  const first = encodeChain(kernel, times.subarray(0, 16), new Float64Array(16));
  const all = encodeChain(kernel, times.subarray(0, 96), new Float64Array(96));
  // Five more blocks: a byte for the timestamps and one for the values.
  expect(all.length - first.length).toBe(10);
});

test("late samples cost their own distance, not that of all", () => {
  const late = Float64Array.from(times, (time, i) => (i === 40 ? time - 3_600_000 : time));
  const values = new Float64Array(100);
  const extra =
    encodeChain(kernel, late, values).length - encodeChain(kernel, times, values).length;
  expect(extra).toBeLessThan(20);
});

test("bytes that do not hold the samples are refused", () => {
  const chain = encodeChain(kernel, times, times);
  const read = (end: number, count: number) => () => reader.read(chain, 0, end, count);
  expect(read(chain.length, 84)).toThrow("cannot read miniblocks: got");
  expect(read(chain.length - 1, 100)).toThrow("cannot read miniblocks");
  expect(read(20, 100)).toThrow("cannot read miniblocks: got 16 samples, want 100");
  expect(read(chain.length, 8193)).toThrow("got 8193 samples");
});
