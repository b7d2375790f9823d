import { expect, test } from "vitest";
import { SLICE_BYTES_MAX } from "#storage/read-view.ts";
import type { SeriesSlice } from "#storage/read-view.ts";
import { SliceBuilder } from "#tsdb/shard-store/slice-builder.ts";

const LABEL_BYTES = 100;

/** Series `n` has n % 7 samples at times n, n + 1, ... and label bytes of value n % 251. */
function addSeries(builder: SliceBuilder, n: number): boolean {
  const { columns } = builder;
  const count = n % 7;
  columns.reserve(count);
  for (let i = 0; i < count; i++) {
    columns.timestamps[columns.rows] = n + i;
    columns.values[columns.rows] = n / 8;
    columns.rows++;
  }
  return builder.add(new Uint8Array(LABEL_BYTES).fill(n % 251));
}

function expectSeries(slice: SeriesSlice, index: number, n: number): void {
  const [from, to] = [slice.sampleStart[index]!, slice.sampleStart[index + 1]!];
  const times = Array.from({ length: n % 7 }, (_, i) => n + i);
  expect([...slice.timestamps.subarray(from, to)]).toEqual(times);
  expect([...slice.values.subarray(from, to)]).toEqual(times.map(() => n / 8));
  const labels = slice.labelBytes.subarray(slice.labelStart[index], slice.labelStart[index + 1]);
  expect(labels).toEqual(new Uint8Array(LABEL_BYTES).fill(n % 251));
}

test("the columns grow with the series, up to a full slice; then the next one begins", () => {
  const builder = new SliceBuilder();
  let first = 0;
  let slices = 0;
  for (let n = 0; n < 5000; n++) {
    if (addSeries(builder, n)) continue;
    const slice = builder.take();
    slices++;
    expect(slice.seriesCount).toBe(n - first);
    expect(slice.timestamps.length).toBeGreaterThan(256);
    const bytes = slice.labelBytes.length + 16 * slice.timestamps.length + 8 * slice.seriesCount;
    expect(bytes).toBeLessThanOrEqual(SLICE_BYTES_MAX);
    for (let index = 0; index < slice.seriesCount; index++) {
      expectSeries(slice, index, first + index);
    }
    first = n;
    expect(addSeries(builder, n)).toBe(true);
  }
  expect(slices).toBeGreaterThan(1);
});

test("a series too large for a slice has one to itself, whole", () => {
  const builder = new SliceBuilder();
  const rows = SLICE_BYTES_MAX / 8;
  builder.columns.reserve(rows);
  builder.columns.rows = rows;
  expect(builder.add(new Uint8Array(LABEL_BYTES))).toBe(true);
  expect(addSeries(builder, 3)).toBe(false);
  expect(builder.take()).toMatchObject({ seriesCount: 1 });
  expect(builder.take()).toMatchObject({ seriesCount: 0, labelStart: Uint32Array.of(0) });
});

test("histograms go with the rows of their series, and count for the size of a slice", () => {
  const builder = new SliceBuilder();
  const item = new Uint8Array(4096);
  const addHistograms = (n: number): boolean => {
    const { columns } = builder;
    const first = columns.rows;
    columns.reserve(3);
    columns.rows += 3;
    for (const row of [first, first + 2]) builder.pushHistogram(row, item.fill(n), 8, 8 + 32 * n);
    return builder.add(Uint8Array.of(n));
  };
  let first = 1;
  let slices = 0;
  for (let n = 1; n < 100; n++) {
    if (addHistograms(n)) continue;
    const { seriesCount, histograms } = builder.take();
    slices++;
    expect(seriesCount).toBe(n - first);
    expect([...histograms!.sampleIndex]).toEqual(
      Array.from({ length: 2 * seriesCount }, (_, i) => 3 * (i >> 1) + 2 * (i & 1)),
    );
    expect(histograms!.bytes.length).toBeLessThanOrEqual(SLICE_BYTES_MAX);
    for (let i = 0; i < 2 * seriesCount; i++) {
      const bytes = histograms!.bytes.subarray(histograms!.start[i], histograms!.start[i + 1]);
      const of = first + (i >> 1);
      expect(bytes).toEqual(new Uint8Array(32 * of).fill(of));
    }
    expect(histograms!.start.length).toBe(2 * seriesCount + 1);
    first = n;
    expect(addHistograms(n)).toBe(true);
  }
  expect(slices).toBeGreaterThan(0);
  builder.take();
  expect(addSeries(builder, 3)).toBe(true);
  expect(builder.take().histograms).toBeNull();
});
