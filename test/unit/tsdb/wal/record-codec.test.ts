import { expect, test } from "vitest";
import {
  decodeMark,
  decodeRecordHeader,
  emptyRecordHeader,
  encodeMark,
  encodeRecordHeader,
  MARK_BYTES,
  RECORD_HEADER_BYTES,
  recordChain,
  recordPayloadBytesMax,
  sealCrc,
} from "#tsdb/wal/record-codec.ts";
import { saltOf } from "#tsdb/wal/segment-salvage.ts";

const full = {
  length: 24,
  type: 1,
  flags: 1,
  shard: 0x8001,
  epoch: 0xffff_fffe,
  count: 0x8000_0000,
  seq: 2 ** 53 - 1,
  writerIdLow: 1,
  writerIdHigh: 0xffff_ffff,
  writerSeqLow: 3,
  writerSeqHigh: 4,
  prevCrc: 0xdead_beef,
  crc: 0xfeed_f00d,
};

test("a header comes back field by field", () => {
  const view = new DataView(new ArrayBuffer(64));
  encodeRecordHeader(view, 8, full);
  const header = emptyRecordHeader();
  expect(decodeRecordHeader(view, 8, header)).toBe(true);
  expect(header).toEqual(full);
});

test.each([
  ["type 0", (view: DataView) => view.setUint8(4, 0)],
  ["type 64", (view: DataView) => view.setUint8(4, 64)],
  ["odd length", (view: DataView) => view.setUint32(0, 12, true)],
  ["huge length", (view: DataView) => view.setUint32(0, recordPayloadBytesMax + 8, true)],
  ["seq 2^53", (view: DataView) => view.setUint32(20, 0x20_0000, true)],
])("%s is no header", (_, change) => {
  const view = new DataView(new ArrayBuffer(RECORD_HEADER_BYTES));
  encodeRecordHeader(view, 0, full);
  change(view);
  expect(decodeRecordHeader(view, 0, emptyRecordHeader())).toBe(false);
});

test("the chain covers header and payload but not the crc field", () => {
  const bytes = new Uint8Array(RECORD_HEADER_BYTES + 24);
  encodeRecordHeader(new DataView(bytes.buffer), 0, full);
  const chain = recordChain(bytes, 0, 24);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at]! ^= 1;
    const isCrcField = at >= 44 && at < 48;
    expect(recordChain(bytes, 0, 24) === chain, `byte ${at}`).toBe(isCrcField);
    bytes[at]! ^= 1;
  }
});

test("a mark carries its place", () => {
  const bytes = new Uint8Array(MARK_BYTES);
  const place = { segmentId: 2 ** 33 + 5, offset: 2 ** 40 };
  const chain = encodeMark(bytes, new DataView(bytes.buffer), 0, 17, place);
  expect(chain).toBe(recordChain(bytes, 0, 16));
  expect(decodeMark(bytes.subarray(RECORD_HEADER_BYTES))).toEqual(place);
});

test("the salt follows from a sealed chain", () => {
  for (const salt of [0, 1, 0x8000_0000, 0xffff_ffff, 0x1234_5678]) {
    for (const chain of [0, 7, 0xffff_ffff]) expect(saltOf(sealCrc(salt, chain), chain)).toBe(salt);
  }
});
