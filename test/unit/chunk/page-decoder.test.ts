/**
 * Covers: src/chunk/page-header.ts, src/chunk/chunk-errors.ts
 */
import { crc32c } from "#base/hash/crc32c.ts";
import { isErrorOf } from "#base/engine-error.ts";
import { CHUNK_CORRUPT, CHUNK_VERSION } from "#chunk/chunk-errors.ts";
import { PageDecoder } from "#chunk/page-decoder.ts";
import { PageEncoder } from "#chunk/page-encoder.ts";
import { CRC_OFFSET, CRC_START, PAGE_BYTES_MAX } from "#chunk/page-header.ts";
import { noCompressor } from "#test/support/no-compressor.ts";
import { pageKernel } from "#test/support/page-tools.ts";
import { expect, test } from "vitest";

const kernel = pageKernel();
const decoder = new PageDecoder(kernel, noCompressor);
const times = Float64Array.from({ length: 100 }, (_, i) => i * 10);
const page = makePage();

function makePage(): Uint8Array {
  const encoder = new PageEncoder(kernel, { packing: "small", pageBytesMax: PAGE_BYTES_MAX });
  for (const series of [2, 3, 7]) {
    const values = Float64Array.from(times, (time) => (time % 70) * series);
    encoder.add(series, series, 0, times, values, 0, times.length);
  }
  return encoder.finish();
}

/** With a checksum that fits. */
function signed(edited: Uint8Array): Uint8Array {
  const view = new DataView(edited.buffer, edited.byteOffset);
  view.setUint32(CRC_OFFSET, crc32c(edited, 0, CRC_START), true);
  return edited;
}

test("finds a series, or tells that it is absent", () => {
  decoder.open(page, 0, page.length);
  expect([0, 2, 3, 4, 7, 8].map((series) => decoder.find(series))).toEqual([-1, 0, 1, -1, 2, -1]);
  expect([0, 1, 2].map((column) => decoder.seriesAt(column))).toEqual([2, 3, 7]);
  expect([decoder.minTimestamp, decoder.maxTimestamp]).toEqual([0, 990]);
  expect([decoder.minTimestampAt(1), decoder.maxTimestampAt(1)]).toEqual([0, 990]);
  expect(() => decoder.seriesAt(3)).toThrow("got column 3");
});

test("reads a page in the middle of other bytes", () => {
  const bytes = new Uint8Array(page.length + 20);
  bytes.set(page, 8);
  expect(decoder.open(bytes, 8, bytes.length)).toBe(page.length);
  expect(decoder.decode(2)).toBe(100);
});

test("timestamps at hand outlive a growing memory", () => {
  decoder.open(page, 0, page.length);
  decoder.decode(0);
  const before = kernel.memory.pages;
  while (kernel.memory.pages === before) void new PageDecoder(kernel, noCompressor);
  decoder.decode(1);
  expect(decoder.timestamps).toEqual(times);
});

test.each([
  [0, 990, 0, 100],
  [-5, 2000, 0, 100],
  [10, 10, 1, 2],
  [11, 19, 0, 0],
  [11, 25, 2, 3],
  [985, 4000, 99, 100],
  [991, 4000, 0, 0],
  [-9, -1, 0, 0],
])("a range from %d to %d", (from, to, first, end) => {
  decoder.open(page, 0, page.length);
  const outTimestamps = new Float64Array(110).fill(-1);
  const outValues = new Float64Array(110).fill(-1);
  expect(decoder.decodeRange(1, from, to, outTimestamps, outValues, 4)).toBe(end - first);
  expect(outTimestamps.subarray(4, 4 + end - first)).toEqual(times.subarray(first, end));
  expect(outTimestamps[4 + end - first]).toBe(-1);
  expect(outValues[3]).toBe(-1);
});

test("every flipped bit is detected", () => {
  for (let bit = 0; bit < page.length * 8; bit++) {
    const bytes = page.slice();
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    let refused = false;
    try {
      decoder.open(bytes, 0, bytes.length);
    } catch (error) {
      refused = isErrorOf(error, CHUNK_CORRUPT) || isErrorOf(error, CHUNK_VERSION);
    }
    if (!refused) expect.fail(`bit ${bit} went unnoticed`);
  }
});

test("pages that are cut short, of a newer version, or none at all are refused by name", () => {
  const open = (bytes: Uint8Array) => () => decoder.open(bytes, 0, bytes.length);
  expect(open(page.subarray(0, 63))).toThrow("got 63 bytes, want at least 64");
  expect(open(page.subarray(0, page.length - 1))).toThrow("got length");
  expect(open(new Uint8Array(100))).toThrow("got magic 0x0");
  const newer = page.slice();
  newer[8] = 1;
  expect(open(signed(newer))).toThrow("got version 1, want at most 0");
  const flagged = page.slice();
  flagged[9] = 2;
  expect(open(signed(flagged))).toThrow("got flags 2");
  expect(() => decoder.columnCount).toThrow("no page is open");
});

test("a directory or a column that no encoder writes is refused, whatever its checksum", () => {
  let refused = 0;
  for (let byte = 10; byte < page.length; byte++) {
    for (const value of [0, 1, 0x7f, 0xff]) {
      const bytes = page.slice();
      bytes[byte] = value;
      try {
        decoder.open(signed(bytes), 0, bytes.length);
        for (let column = 0; column < decoder.columnCount; column++) decoder.decode(column);
      } catch (error) {
        if (!isErrorOf(error, CHUNK_CORRUPT) && !String(error).includes("is for floats"))
          throw error;
        refused++;
      }
    }
  }
  expect(refused).toBeGreaterThan(100);
});
