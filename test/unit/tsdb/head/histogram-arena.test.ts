/** Covers: src/tsdb/head/head-histograms.ts */
import { readFileSync } from "node:fs";
import { encodeHistogram } from "#chunk/histogram/encode-histogram.ts";
import { HISTOGRAM_BYTES_MAX } from "#chunk/histogram/histogram-format.ts";
import { writeHistogramTagAt } from "#chunk/histogram/histogram-tag.ts";
import { HEAD_MODULE_URL } from "#kernels/head-kernel.ts";
import { kernelModule } from "#kernels/kernel-instance.ts";
import { makeHistogram } from "#model/histogram/make-histogram.ts";
import { HeadHistograms } from "#tsdb/head/head-histograms.ts";
import { HeadMemory } from "#tsdb/head/head-memory.ts";
import { HistogramArena } from "#tsdb/head/histogram-arena.ts";
import { SampleColumns } from "#tsdb/head/sample-columns.ts";
import { expect, test } from "vitest";

/** The first two bytes of an item say its length. */
function itemOf(bytes: number, fill: number): Uint8Array {
  const item = new Uint8Array(bytes).fill(fill);
  new DataView(item.buffer).setUint16(0, bytes / 8, true);
  return item;
}

test("finds each of many items by series, time and value, and no other", () => {
  const arena = new HistogramArena();
  const sizeOf = (i: number): number => (i % 400 === 0 ? HISTOGRAM_BYTES_MAX : 16 + 8 * (i % 30));
  const keyOf = (i: number): [ref: number, timestampMs: number, low: number, high: number] => [
    i % 7,
    (i >> 3) * 15_000 - 100_000,
    i,
    0xfffb_0000 + (i % 3),
  ];
  for (let i = 0; i < 2000; i++) arena.add(...keyOf(i), itemOf(sizeOf(i), i), 0, sizeOf(i));
  for (let i = 0; i < 2000; i++) {
    const { bytes, start, end } = arena.find(...keyOf(i))!;
    expect(Buffer.compare(bytes.subarray(start, end), itemOf(sizeOf(i), i))).toBe(0);
  }
  expect(arena.find(8, -100_000, 0, 0xfffb_0000)).toBeNull();
  expect(arena.find(0, -100_001, 0, 0xfffb_0000)).toBeNull();
  expect(arena.find(0, -100_000, 1, 0xfffb_0000)).toBeNull();
  expect(arena.find(0, -100_000, 0, 0xfffb_0001)).toBeNull();
});

test("a head's histograms cost budget until their generation leaves, and only they are found", () => {
  const memory = new HeadMemory(kernelModule(readFileSync(HEAD_MODULE_URL)), 1 << 20);
  const histograms = new HeadHistograms(memory);
  const item = encodeHistogram(makeHistogram({ count: 7 }), true)!;
  const columns = new SampleColumns();
  columns.rows = 3;
  columns.timestamps.set([10, 20, 30]);
  for (const row of [0, 1, 2]) writeHistogramTagAt(columns.words, row, item);
  const column = {
    sampleIndex: Uint32Array.of(1),
    start: Uint32Array.of(0, item.length),
    bytes: item,
  };
  const { timestamps, values } = columns;
  histograms.add(4, { refs: Uint32Array.of(9, 9, 9), timestamps, values }, column);
  expect(memory.besideBytes).toBeGreaterThan(item.length);
  expect(() => memory.checkBudget((1 << 20) - memory.usedBytes)).toThrow("cannot grow");

  const found = (refs: readonly number[], after: number, fromRow = 0): unknown[] => {
    const rows: unknown[] = [];
    const pushHistogram = (row: number, bytes: Uint8Array, start: number, end: number): void => {
      rows.push([row, bytes.slice(start, end)]);
    };
    histograms.collect(refs, columns, fromRow, { after, upTo: 4 }, { pushHistogram });
    return rows;
  };
  expect(found([3, 9], 3)).toEqual([[1, item]]);
  expect([found([3], 3), found([9], 4), found([9], 3, 2)]).toEqual([[], [], []]);
  histograms.freeUpTo(3);
  expect(found([9], 3)).toHaveLength(1);
  histograms.freeUpTo(4);
  expect(found([9], 3)).toEqual([]);
  expect(memory.besideBytes).toBe(0);
});
