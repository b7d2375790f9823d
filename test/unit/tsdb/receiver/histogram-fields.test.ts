/** Covers: src/tsdb/receiver/found-histogram.ts */
import { decodeHistogram } from "#chunk/histogram/decode-histogram.ts";
import { encodeHistogram } from "#chunk/histogram/encode-histogram.ts";
import type { FloatHistogram } from "#model/float-histogram.ts";
import { makeHistogram } from "#model/histogram/make-histogram.ts";
import { histogramMessage } from "#test/support/histogram-message.ts";
import { concat, double, field, integer, varint } from "#test/support/proto-wire.ts";
import { foundHistogram, type FoundHistogram } from "#tsdb/receiver/found-histogram.ts";
import { readHistogramFields } from "#tsdb/receiver/histogram-fields.ts";
import { expect, test } from "vitest";

function side(
  from: number,
  counts: readonly number[],
): {
  readonly indexes: Int32Array;
  readonly counts: Float64Array;
} {
  return {
    indexes: Int32Array.from(counts.keys(), (i) => from + i),
    counts: Float64Array.from(counts),
  };
}

const whole = makeHistogram({
  schema: 3,
  count: 16,
  sum: -2.5,
  zeroCount: 4,
  zeroThreshold: 0.001,
  counterResetHint: "reset",
  positive: side(-2, [5, 0, 1]),
  negative: side(7, [6]),
});
const custom = makeHistogram({
  schema: -53,
  count: 7,
  sum: 1,
  positive: side(0, [1, 2, 4]),
  customValues: Float64Array.of(0.5, 1),
});

/** Read where it lies among other bytes. */
function read(message: Uint8Array): FoundHistogram {
  const body = concat([Uint8Array.of(1, 2, 3), message, Uint8Array.of(0xff)]);
  return foundHistogram(readHistogramFields(body, 3, 3 + message.length));
}

test.each([
  ["whole counts", whole, true],
  ["float counts", { ...whole, counterResetHint: "gauge" as const }, false],
  ["custom bounds", custom, true],
  ["custom bounds, float counts", custom, false],
  ["nothing observed", makeHistogram({}), true],
])("%s", (_, histogram, isInteger) => {
  const found = read(histogramMessage(histogram, 1_700_000_000_123, isInteger));
  const item = encodeHistogram(histogram, isInteger);
  expect(found).toEqual({ kind: "histogram", timestampMs: 1_700_000_000_123, item });
});

test("lists that are not packed, fields that nobody knows, and a kind of count that changes", () => {
  const zigzag = (value: number): Uint8Array =>
    varint(BigInt(value < 0 ? -2 * value - 1 : 2 * value));
  const message = concat([
    double(2, 99),
    // A start time, and a field 18 of no bytes.
    Uint8Array.of(0x88, 1, 5, 0x92, 1, 0),
    ...[5, -5, 1].map((delta) => concat([Uint8Array.of(12 << 3), zigzag(delta)])),
    field(11, concat([Uint8Array.of(8), zigzag(-2), integer(2, 3), integer(3, 9)])),
    integer(1, 6),
    double(3, 1),
  ]);
  const found = read(message);
  const item = encodeHistogram(
    makeHistogram({ count: 6, sum: 1, positive: side(-2, [5, 0, 1]) }),
    true,
  );
  expect(found).toEqual({ kind: "histogram", timestampMs: 0, item });
});

test("a stale marker is one whatever else the message says", () => {
  const message = histogramMessage({ ...whole, stale: true, count: 1 }, 77, true);
  expect(read(message)).toEqual({ kind: "stale", timestampMs: 77 });
});

test("a finer schema than 8 becomes 8", () => {
  const fine = makeHistogram({ schema: 10, count: 10, positive: side(1, [1, 2, 3, 4]) });
  const found = read(histogramMessage({ ...fine, sum: 3 }, 1, true));
  expect(found.kind === "histogram" && decodeHistogram(found.item)).toMatchObject({
    schema: 8,
    positiveSpans: [{ offset: 1, length: 1 }],
    positiveBuckets: Float64Array.of(10),
  });
});

test("whole counts that a number rounds are kept as those of a float histogram", () => {
  const message = concat([integer(1, 2 ** 60), double(3, 0), integer(6, 2 ** 60)]);
  const found = read(message);
  const histogram = makeHistogram({ count: 2 ** 60, zeroCount: 2 ** 60 });
  expect(found).toMatchObject({ item: encodeHistogram(histogram, false) });
});

test.each([
  [{ count: 17 }, "count 17, got 16 observations in buckets"],
  [{ count: 15, sum: NaN }, "count 15, got 16 observations in buckets"],
  [{ schema: 53 }, "schema 53"],
  [{ schema: -5 }, "schema -5"],
  [{ positiveSpans: [{ offset: -2, length: 2 }] }, "positive spans of 2 buckets, got 3 counts"],
  [{ positiveBuckets: Float64Array.of(5, -1, 1) }, "positive bucket 2 counts -1"],
  [
    {
      positiveSpans: [
        { offset: 0, length: 1 },
        { offset: -1, length: 2 },
      ],
    },
    "positive span 2 begins inside",
  ],
  [
    {
      negativeSpans: [
        { offset: 2 ** 31 - 1, length: 1 },
        { offset: 0, length: 1 },
      ],
    },
    "32 bits",
  ],
  [{ customValues: Float64Array.of(1) }, "custom bounds beside an exponential schema"],
  [{ schema: -53 }, "a zero bucket beside custom bounds"],
] as [Partial<FloatHistogram>, string][])("%o is refused: %s", (change, reason) => {
  const base =
    "schema" in change && change.schema === -53 ? { ...whole, ...custom, zeroCount: 1 } : whole;
  const found = read(histogramMessage({ ...base, ...change }, 5, true));
  expect(found).toMatchObject({ kind: "invalid", timestampMs: 5 });
  expect(found.kind === "invalid" && found.reason).toContain(reason);
});

test.each([
  [{ customValues: Float64Array.of(1, 1) }, "custom bound 2 is 1, after 1"],
  [{ customValues: Float64Array.of(1, Infinity) }, "custom bound 2 is Infinity"],
  [{ customValues: Float64Array.of(NaN) }, "custom bound 1 is NaN"],
  [{ customValues: Float64Array.of(1) }, "1 custom bounds, got 3 buckets"],
  [{ positiveSpans: [{ offset: -1, length: 3 }] }, "before the first custom bucket"],
  [
    { negativeSpans: [{ offset: 0, length: 1 }], negativeBuckets: Float64Array.of(0) },
    "negative buckets beside custom bounds",
  ],
] as [Partial<FloatHistogram>, string][])(
  "custom bounds with %o are refused: %s",
  (change, reason) => {
    const found = read(histogramMessage({ ...custom, ...change }, 5, true));
    expect(found.kind === "invalid" && found.reason).toContain(reason);
  },
);

test("negative floats are refused, sums that rounding changed are not", () => {
  const reasonOf = (change: Partial<FloatHistogram>): string => {
    const found = read(histogramMessage({ ...whole, ...change }, 5, false));
    return found.kind === "invalid" ? found.reason : found.kind;
  };
  expect(reasonOf({ count: -1 })).toBe("count -1");
  expect(reasonOf({ zeroCount: -0.5 })).toBe("zero count -0.5");
  expect(reasonOf({ count: 15.9 })).toBe("histogram");
});

test("more than fits is refused before it is taken up", () => {
  const reasonOf = (message: Uint8Array): string => {
    const found = read(message);
    return found.kind === "invalid" ? found.reason : found.kind;
  };
  const tooMany = "more than 10000 buckets, spans or bounds";
  expect(reasonOf(field(12, new Uint8Array(10_001)))).toBe(tooMany);
  expect(reasonOf(field(10, new Uint8Array(80_008)))).toBe(tooMany);
  expect(reasonOf(concat(Array.from({ length: 10_001 }, () => field(8, new Uint8Array(0)))))).toBe(
    tooMany,
  );
  const half = side(
    0,
    Array.from({ length: 6000 }, () => 0),
  );
  const both = makeHistogram({ positive: half, negative: half });
  expect(reasonOf(histogramMessage(both, 1, true))).toBe("more than 10000 buckets");
  const wide = makeHistogram({
    positive: side(
      0,
      Array.from({ length: 9000 }, () => 0.5),
    ),
  });
  expect(reasonOf(histogramMessage(wide, 1, false))).toBe("more than 61440 bytes");
});

test.each([
  ["a fixed count", double(1, 1)],
  ["half a float", field(13, new Uint8Array(7))],
  ["half a varint", field(12, Uint8Array.of(0x80))],
  ["spans of floats", double(11, 1)],
  ["a span of floats", field(11, double(1, 1))],
  ["half a field", Uint8Array.of(0x0a, 5)],
])("%s is not readable", (_, message) => {
  expect(read(message)).toEqual({ kind: "invalid", timestampMs: null, reason: "not readable" });
});
