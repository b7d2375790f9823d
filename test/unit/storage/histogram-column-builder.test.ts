import { HistogramColumnBuilder } from "#storage/histogram-column-builder.ts";
import { expect, test } from "vitest";

test("gathers columns of any size, one after the other", () => {
  const builder = new HistogramColumnBuilder();
  expect(builder.take()).toBeNull();
  for (const count of [1, 40, 2]) {
    const items = Array.from({ length: count }, (_, i) => new Uint8Array(8 * (i + 1)).fill(i));
    const source = new Uint8Array(Buffer.concat([new Uint8Array(3), ...items]));
    let from = 3;
    for (const [i, item] of items.entries()) {
      builder.add(7 * i, source, from, from + item.length);
      from += item.length;
    }
    const column = builder.take()!;
    expect([...column.sampleIndex]).toEqual(items.map((_, i) => 7 * i));
    expect(column.bytes).toEqual(source.slice(3));
    for (const [i, item] of items.entries()) {
      expect(column.bytes.subarray(column.start[i], column.start[i + 1])).toEqual(item);
    }
  }
});

test("samples must be named in their order", () => {
  const builder = new HistogramColumnBuilder();
  builder.add(4, new Uint8Array(8), 0, 8);
  expect(() => builder.add(4, new Uint8Array(8), 0, 8)).toThrow("sample 4 after 4");
});

test("samples left out of a column are gone with their bytes", () => {
  const builder = new HistogramColumnBuilder();
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => i);
  for (const row of [2, 3, 7]) builder.add(row, bytes, row, row + 8);
  expect(builder.byteLength).toBe(3 * 16);
  builder.dropFrom(4);
  expect(builder.byteLength).toBe(2 * 16);
  builder.add(5, bytes, 50, 51);
  expect(builder.take()).toEqual({
    sampleIndex: Uint32Array.of(2, 3, 5),
    start: Uint32Array.of(0, 8, 16, 17),
    bytes: Uint8Array.of(...bytes.subarray(2, 10), ...bytes.subarray(3, 11), 50),
  });
  builder.dropFrom(0);
  expect(builder.take()).toBeNull();
});
