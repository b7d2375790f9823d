/**
 * Covers: src/chunk/clock-window.ts, src/chunk/page-directory.ts, src/kernels/page-kernel.ts
 */
import { COLUMN_EXEMPLAR, COLUMN_FLOAT, COLUMN_HISTOGRAM } from "#chunk/column-kind.ts";
import { PAGE_COLUMNS_MAX } from "#chunk/page-directory.ts";
import { PageDecoder } from "#chunk/page-decoder.ts";
import { ITEM_BYTES_MAX, PageEncoder } from "#chunk/page-encoder.ts";
import { PAGE_BYTES_MAX, PAGE_HEADER_BYTES } from "#chunk/page-header.ts";
import { COLUMN_SAMPLES_MAX } from "#kernels/layout/page-layout.ts";
import { noCompressor } from "#test/support/no-compressor.ts";
import { noiseWords } from "#test/support/noise-words.ts";
import { pageKernel } from "#test/support/page-tools.ts";
import { expect, test } from "vitest";

const kernel = pageKernel();
const decoder = new PageDecoder(kernel, noCompressor);
const options = { packing: "small", pageBytesMax: PAGE_BYTES_MAX } as const;

const newEncoder = (): PageEncoder => new PageEncoder(kernel, options);

function clock(count: number, start = 1000): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => start + i * 15_000);
}

function randomBits(count: number): Float64Array {
  return new Float64Array(noiseWords(count * 2).buffer);
}

function open(page: Uint8Array): void {
  expect(decoder.open(page, 0, page.length)).toBe(page.length);
}

test("series that share timestamps share a clock; others bring their own", () => {
  const encoder = newEncoder();
  const clocks = [clock(50), clock(50, 7), clock(50), clock(49), clock(50, 7)];
  const bytes: number[] = [];
  for (const [i, times] of clocks.entries()) {
    const values = Float64Array.from(times, (_, k) => k * i);
    expect(encoder.add(10 + i, i, 0, times, values, 0, times.length)).toBe(times.length);
    bytes.push(encoder.bytes);
  }
  // The third and the fifth cost no clock.
  expect(bytes[2]! - bytes[1]!).toBeLessThan(bytes[1]! - bytes[0]!);
  expect(bytes[4]! - bytes[3]!).toBeLessThan(bytes[3]! - bytes[2]!);
  const page = encoder.finish();
  expect(page).toHaveLength(bytes[4]!);
  open(page);
  expect(decoder.columnCount).toBe(5);
  expect(decoder.sampleCount).toBe(249);
  // Out of order, so that the clock at hand is sometimes another one.
  for (const i of [3, 0, 4, 2, 1]) {
    expect(decoder.decode(decoder.find(10 + i))).toBe(clocks[i]!.length);
    expect(decoder.timestamps).toEqual(clocks[i]);
    expect(decoder.values).toEqual(Float64Array.from(clocks[i]!, (_, k) => k * i));
  }
});

test("a full page takes no more, and stays as it was", () => {
  const encoder = newEncoder();
  const times = clock(1000);
  const values = randomBits(1000);
  let series = 0;
  while (encoder.add(series, series, 0, times, values, 0, 1000) === 1000) series++;
  expect(series).toBe(8);
  const refused = encoder.finish();
  encoder.reset();
  for (let i = 0; i < series; i++) encoder.add(i, i, 0, times, values, 0, 1000);
  expect(encoder.finish()).toEqual(refused);
  expect(refused.length).toBeLessThanOrEqual(PAGE_BYTES_MAX);
});

test("a series alone is split when it is too long or too large", () => {
  const encoder = newEncoder();
  const times = clock(COLUMN_SAMPLES_MAX + 10);
  const zeros = new Float64Array(times.length);
  expect(encoder.add(1, 0, 0, times, zeros, 0, times.length)).toBe(COLUMN_SAMPLES_MAX);
  expect(encoder.add(1, 0, 0, times, zeros, COLUMN_SAMPLES_MAX, times.length)).toBe(10);
  open(encoder.finish());
  expect([decoder.find(1), decoder.countAt(0), decoder.countAt(1)]).toEqual([
    0,
    COLUMN_SAMPLES_MAX,
    10,
  ]);
  encoder.reset();
  const values = randomBits(times.length);
  expect(encoder.add(1, 0, 0, times, values, 0, times.length)).toBe(COLUMN_SAMPLES_MAX / 2);
  expect(encoder.add(1, 0, 0, times, values, COLUMN_SAMPLES_MAX / 2, times.length)).toBe(0);
});

test("a page has a limit of columns", () => {
  const encoder = newEncoder();
  const times = clock(2);
  const values = new Float64Array(2);
  for (let series = 0; series < PAGE_COLUMNS_MAX; series++) {
    expect(encoder.add(series, 0, 0, times, values, 0, 2)).toBe(2);
  }
  expect(encoder.add(PAGE_COLUMNS_MAX, 0, 0, times, values, 0, 2)).toBe(0);
  open(encoder.finish());
  expect(decoder.find(PAGE_COLUMNS_MAX - 1)).toBe(PAGE_COLUMNS_MAX - 1);
});

test("columns of items stand beside floats of the same series", () => {
  const encoder = newEncoder();
  const times = clock(4);
  const items = Uint8Array.from({ length: 300 }, (_, i) => i);
  const ends = Uint32Array.of(0, 100, 100, 300);
  encoder.add(3, 1, 2, times, Float64Array.of(1, 2, 3, 4), 0, 4);
  expect(encoder.addItems(COLUMN_HISTOGRAM, 3, 1, 2, times, items, ends, 0, 4)).toBe(4);
  expect(encoder.addItems(COLUMN_EXEMPLAR, 3, 1, 2, times, items, ends, 1, 3)).toBe(2);
  open(encoder.finish());
  const kinds = [0, 1, 2].map((column) => decoder.kindAt(column));
  expect(kinds).toEqual([COLUMN_FLOAT, COLUMN_HISTOGRAM, COLUMN_EXEMPLAR]);
  expect(decoder.decodeItems(1)).toBe(4);
  expect([...decoder.itemEnds]).toEqual([...ends]);
  expect(decoder.items).toEqual(items);
  expect(decoder.decodeItems(2)).toBe(2);
  expect([...decoder.itemEnds]).toEqual([100, 100]);
  expect(decoder.items).toEqual(items.subarray(0, 100));
  expect(decoder.timestamps).toEqual(times.subarray(1, 3));
  expect(() => decoder.decode(1)).toThrow("decode is for floats");
  expect(() => decoder.decodeItems(0)).toThrow("decodeItems is for items");
});

test("items beyond a page are split, and one that never fits is the caller's mistake", () => {
  const encoder = newEncoder();
  const times = clock(8);
  const items = new Uint8Array(8 * ITEM_BYTES_MAX);
  const half = Uint32Array.from({ length: 8 }, (_, i) => ((i + 1) * ITEM_BYTES_MAX) / 4);
  expect(encoder.addItems(COLUMN_HISTOGRAM, 1, 0, 0, times, items, half, 0, 8)).toBe(4);
  expect(encoder.addItems(COLUMN_HISTOGRAM, 1, 0, 0, times, items, half, 4, 8)).toBe(0);
  encoder.reset();
  const large = Uint32Array.of(ITEM_BYTES_MAX + 1);
  const add = (): number => encoder.addItems(COLUMN_HISTOGRAM, 1, 0, 0, times, items, large, 0, 1);
  expect(add).toThrow("does not fit an empty page");
});

test("misuse is refused by name", () => {
  const encoder = newEncoder();
  const times = clock(3);
  const values = new Float64Array(3);
  expect(() => encoder.finish()).toThrow("got no samples to seal");
  expect(() => encoder.add(1, 0, 0, times, values, 2, 2)).toThrow("want some");
  encoder.add(5, 0, 0, times, values, 0, 3);
  expect(() => encoder.add(4, 0, 0, times, values, 0, 3)).toThrow("got series 4 behind 5");
  const make = (pageBytesMax: number): PageEncoder =>
    new PageEncoder(kernel, { packing: "fast", pageBytesMax });
  expect(() => make(PAGE_BYTES_MAX + 1)).toThrow("want at most 65536");
  expect(() => make(PAGE_HEADER_BYTES - 1)).toThrow("want at most 65536");
});

test("fast pages are larger and read the same", () => {
  const times = clock(2000);
  const values = Float64Array.from(times, (_, i) => Math.round(1000 * Math.sin(i / 9)) / 100);
  const pages = (["fast", "small"] as const).map((packing) => {
    const encoder = new PageEncoder(kernel, { packing, pageBytesMax: PAGE_BYTES_MAX });
    encoder.add(1, 0, 0, times, values, 0, times.length);
    return encoder.finish();
  });
  expect(pages[1]!.length).toBeLessThan(pages[0]!.length);
  for (const page of pages) {
    open(page);
    decoder.decode(0);
    expect(decoder.values).toEqual(values);
  }
});
