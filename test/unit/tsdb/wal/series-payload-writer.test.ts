import { expect, test } from "vitest";
import { seriesRef, tenantId } from "#model/refs.ts";
import { SeriesPayloadReader } from "#tsdb/wal/series-payload-reader.ts";
import { SeriesPayloadWriter } from "#tsdb/wal/series-payload-writer.ts";

const labels = new Uint8Array(70_000).map((_, i) => i & 255);

function addAll(writer: SeriesPayloadWriter, lengths: number[]): boolean[] {
  return lengths.map((length, i) =>
    writer.add(seriesRef(i + 1), i, 0xffff_ffff, i * 3, 5, labels, i, i + length),
  );
}

test("series come back in order with their words and label bytes", () => {
  const writer = new SeriesPayloadWriter();
  writer.reset(tenantId(9));
  const lengths = [0, 1, 7, 8, 65_535, 9];
  expect(addAll(writer, lengths)).not.toContain(false);
  expect(writer.payload.length % 8).toBe(0);
  const reader = new SeriesPayloadReader(writer.payload, writer.count);
  expect(reader.tenant).toBe(9);
  for (const [i, length] of lengths.entries()) {
    expect(reader.next()).toBe(true);
    expect(reader.ref).toBe(i + 1);
    expect(reader.fingerprintLow).toBe(i);
    expect(reader.fingerprintHigh).toBe(0xffff_ffff);
    expect(reader.placementLow).toBe(i * 3);
    expect(reader.placementHigh).toBe(5);
    expect(reader.payload.subarray(reader.labelStart, reader.labelEnd)).toEqual(
      labels.subarray(i, i + length),
    );
  }
  expect(reader.next()).toBe(false);
});

test("a full writer refuses, keeps what it has, and goes on after reset", () => {
  const writer = new SeriesPayloadWriter(96);
  writer.reset(tenantId(0));
  expect(addAll(writer, [8, 8, 8])).toEqual([true, true, false]);
  expect(writer.count).toBe(2);
  writer.reset(tenantId(1));
  expect(addAll(writer, [8])).toEqual([true]);
  expect(new SeriesPayloadReader(writer.payload, 1).tenant).toBe(1);
});

test("padding is zero also where an earlier payload left bytes", () => {
  const writer = new SeriesPayloadWriter();
  writer.reset(tenantId(0));
  addAll(writer, [200]);
  writer.reset(tenantId(0));
  writer.add(seriesRef(1), 0, 0, 0, 0, labels, 50, 51);
  expect([...writer.payload.subarray(32)]).toEqual([50, 0, 0, 0, 0, 0, 0, 0]);
});

test("payloads with missing or additional bytes are corruption", () => {
  const writer = new SeriesPayloadWriter();
  writer.reset(tenantId(0));
  addAll(writer, [8]);
  const payload = writer.payload.slice();
  const drain = (bytes: Uint8Array, count: number) => () => {
    const reader = new SeriesPayloadReader(bytes, count);
    while (reader.next());
  };
  expect(drain(payload, 1)).not.toThrow();
  expect(drain(payload, 2)).toThrow(/cannot decode series/);
  expect(drain(payload, 0)).toThrow(/bytes follow/);
  expect(drain(payload.subarray(0, 4), 1)).toThrow(/cannot decode series/);
  new DataView(payload.buffer).setUint32(12, 0xffff_ffff, true);
  expect(drain(payload, 1)).toThrow(/claims 4294967295 label bytes/);
});
