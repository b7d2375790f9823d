/**
 * Limits of histogram items, and what a decoder refuses.
 * Covers: src/chunk/histogram/ src/storage/histogram-column.ts
 */
import { decodeHistogram } from "#chunk/histogram/decode-histogram.ts";
import { encodeHistogram } from "#chunk/histogram/encode-histogram.ts";
import { HISTOGRAM_BUCKETS_MAX, HISTOGRAM_BYTES_MAX } from "#chunk/histogram/histogram-format.ts";
import { hasHistogramTagAt, writeHistogramTagAt } from "#chunk/histogram/histogram-tag.ts";
import { makeHistogram } from "#model/histogram/make-histogram.ts";
import { isStaleAt, writeStaleAt, wordsOf } from "#model/staleness.ts";
import { expect, test } from "vitest";

function wide(buckets: number): ReturnType<typeof makeHistogram> {
  const indexes = Int32Array.from({ length: buckets }, (_, i) => i);
  return makeHistogram({ positive: { indexes, counts: new Float64Array(buckets).fill(1) } });
}

test("as many buckets as there may be, whole ones", () => {
  const item = encodeHistogram(wide(HISTOGRAM_BUCKETS_MAX), true)!;
  expect(decodeHistogram(item).positiveBuckets).toHaveLength(HISTOGRAM_BUCKETS_MAX);
  expect(() => encodeHistogram(wide(HISTOGRAM_BUCKETS_MAX + 1), true)).toThrow("10001 buckets");
});

test("an item that no page holds is not made", () => {
  const most = (HISTOGRAM_BYTES_MAX - 32) / 8;
  expect(encodeHistogram(wide(most), false)!.length).toBe(HISTOGRAM_BYTES_MAX);
  expect(encodeHistogram(wide(most + 1), false)).toBeNull();
});

test("the sender's empty spans do not count, its empty buckets do", () => {
  const one = {
    ...makeHistogram({ schema: 1, count: 3 }),
    positiveSpans: [
      { offset: -7, length: 0 },
      { offset: 2, length: 2 },
      { offset: 0, length: 1 },
      { offset: 1, length: 0 },
      { offset: 2, length: 1 },
    ],
    positiveBuckets: new Float64Array([1, 0, 2, 0]),
  };
  const back = decodeHistogram(encodeHistogram(one, true)!);
  expect(back.positiveSpans).toEqual([
    { offset: -5, length: 3 },
    { offset: 3, length: 1 },
  ]);
  expect([...back.positiveBuckets]).toEqual([1, 0, 2, 0]);
});

test("stale markers have no item, and their value is no tag", () => {
  expect(() => encodeHistogram({ ...makeHistogram({}), stale: true }, true)).toThrow("stale");
  const words = wordsOf(new Float64Array(2));
  writeStaleAt(new Float64Array(words.buffer), 0);
  expect(hasHistogramTagAt(words, 0)).toBe(false);
  writeHistogramTagAt(words, 1, encodeHistogram(makeHistogram({}), true)!);
  expect(hasHistogramTagAt(words, 1)).toBe(true);
  expect(isStaleAt(words, 1)).toBe(false);
});

/** An item of a sum of 0 with the right length; `body` is what stands behind the sum, in hex. */
function rawItem(flags: number, schema: number, body: string): Uint8Array {
  const item = new Uint8Array(8 * Math.ceil((12 + body.length / 2) / 8));
  item.set([item.length / 8, 0, flags, schema]);
  item.set(Uint8Array.fromHex(body), 12);
  return item;
}

test.each([
  [rawItem(1, 0, "000000").subarray(0, 8), "got 8 bytes, want 16"],
  [rawItem(16, 0, "000000"), "flags 16"],
  [rawItem(1, 9, "000000"), "schema 9"],
  [rawItem(1, 0xfb, "000000"), "schema -5"],
  [rawItem(1, 0, "00" + "010000" + "00"), "span 0, 0"],
  [rawItem(1, 0, "00" + "0200010001" + "000000"), "span 0, 1"],
  [rawItem(1, 0, "00" + "0100914e" + "00"), "more than 10000 buckets"],
  [rawItem(1, 0, "00" + "010008" + "00"), "8 numbers in 7 bytes"],
  [rawItem(1, 0xcb, "00" + "0000" + "20"), "32 numbers in 0 bytes"],
  [rawItem(1, 0xcb, "00" + "0000" + "05" + "0000000000"), "f64: got 0 bytes"],
  [rawItem(1, 0, "000000" + "0000000000000000"), "9 bytes left over"],
  [new Uint8Array([1, 0]), "u8: got 0 bytes"],
])("the item %o is refused: %s", (item, cause) => {
  expect(() => decodeHistogram(item)).toThrow(cause);
});
