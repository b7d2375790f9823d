import { expect, test } from "vitest";
import { crc32c } from "#base/hash/crc32c.ts";
import {
  decodeSegmentHeader,
  encodeSegmentHeader,
  logFolder,
  segmentIdOf,
  segmentName,
} from "#tsdb/wal/segment-format.ts";

const identity = { clusterUuid: new Uint8Array(16).map((_, i) => i), logId: 12 };
const header = { segmentId: 345, salt: 0xfedc_ba98, previous: { segmentId: 344, offset: 4096 } };
const path = "wal/0012/00000345.wal";

function changed(change: (view: DataView) => void): Uint8Array {
  const bytes = encodeSegmentHeader(identity, header);
  const view = new DataView(bytes.buffer);
  change(view);
  view.setUint32(60, crc32c(bytes, 0, 0, 60), true);
  return bytes;
}

test("names carry the ids", () => {
  expect(`${logFolder(12)}/${segmentName(345)}`).toBe(path);
  expect(segmentIdOf("00000345.wal")).toBe(345);
  for (const name of ["345.wal", "00000345.wal.tmp", "000000345.wal", "0000034x.wal", "x"]) {
    expect(segmentIdOf(name)).toBe(0);
  }
});

test("a header comes back", () => {
  const bytes = encodeSegmentHeader(identity, header);
  expect(decodeSegmentHeader(bytes, path, identity, 345)).toEqual({ kind: "valid", header });
});

test("short headers and those without a checksum are absent, changed ones damaged", () => {
  const bytes = encodeSegmentHeader(identity, header);
  const kindOf = (some: Uint8Array) => decodeSegmentHeader(some, path, identity, 345).kind;
  expect(kindOf(new Uint8Array(0))).toBe("absent");
  expect(kindOf(bytes.subarray(0, 63))).toBe("absent");
  expect(kindOf(new Uint8Array(64))).toBe("absent");
  const torn = new Uint8Array(64);
  torn.set(bytes.subarray(0, 40));
  expect(kindOf(torn)).toBe("absent");
  for (let at = 0; at < 60; at++) {
    const copy = bytes.slice();
    copy[at]! ^= 0x10;
    expect(kindOf(copy)).toBe("damaged");
  }
  expect(decodeSegmentHeader(bytes, path, identity, 346).kind).toBe("damaged");
});

test("newer versions are refused by name", () => {
  const major = changed((view) => view.setUint16(8, 3, true));
  expect(() => decodeSegmentHeader(major, path, identity, 345)).toThrow(
    "cannot read wal/0012/00000345.wal: format version got 3, want at most 0",
  );
  const hash = changed((view) => view.setUint16(12, 1, true));
  expect(() => decodeSegmentHeader(hash, path, identity, 345)).toThrow(/hash version got 1/);
  const minor = changed((view) => view.setUint16(10, 9, true));
  expect(decodeSegmentHeader(minor, path, identity, 345).kind).toBe("valid");
});

test("segments of another cluster or log are refused", () => {
  const bytes = encodeSegmentHeader(identity, header);
  const other = { clusterUuid: new Uint8Array(16), logId: 12 };
  expect(() => decodeSegmentHeader(bytes, path, other, 345)).toThrow(/another cluster: got 0001/);
  expect(() => decodeSegmentHeader(bytes, path, { ...identity, logId: 1 }, 345)).toThrow(
    /another log: got 12, want 1/,
  );
});
