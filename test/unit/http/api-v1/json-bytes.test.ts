import fc from "fast-check";
import { expect, test } from "vitest";
import { JsonBytes } from "#http/api-v1/json-bytes.ts";
import { formatSampleValue } from "#model/format-float.ts";

const MIB = 1024 * 1024;

function written(write: (json: JsonBytes) => void): string {
  const json = new JsonBytes(MIB);
  write(json);
  return Buffer.from(json.finish()).toString("utf8");
}

test.each([
  [0, "0"],
  [1, "0.001"],
  [-1, "-0.001"],
  [1000, "1"],
  [1500, "1.500"],
  [1_700_000_000_123, "1700000000.123"],
  [-62_135_596_800_000, "-62135596800"],
  [2 ** 52 - 1, "4503599627370.495"],
  [-(2 ** 52), "-4503599627370.496"],
  [2_147_483_648_000, "2147483648"],
  [5_000_000_000_010, "5000000000.010"],
])("timestamp %d is %s", (ms, want) => {
  expect(written((json) => json.timestamp(ms))).toBe(want);
});

test.each([
  [0, "0"],
  [-0, "-0"],
  [1, "1"],
  [-1, "-1"],
  [2 ** 31 - 1, "2147483647"],
  [2 ** 31, "2147483648"],
  [0.1, "0.1"],
  [1e-6, "0.000001"],
  [1e-7, "1e-07"],
  [1.5e-10, "1.5e-10"],
  [1e20, "100000000000000000000"],
  [1e21, "1e+21"],
  [-1.7976931348623157e308, "-1.7976931348623157e+308"],
  [5e-324, "5e-324"],
  [Infinity, "+Inf"],
  [-Infinity, "-Inf"],
  [NaN, "NaN"],
])("value %d is %s", (value, want) => {
  expect(written((json) => json.value(value))).toBe(`"${want}"`);
});

test("values equal the plain formatter, also right after themselves", () => {
  const value = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.integer().map((n) => n / 10_000),
    fc.integer().map((n) => n / 100_000),
    fc.constantFrom(0, -0, NaN, Infinity),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 20 }), (values) => {
      const doubled = values.flatMap((each) => [each, each]);
      const text = written((json) => {
        for (const each of doubled) json.value(each);
      });
      expect(text).toBe(doubled.map((each) => `"${formatSampleValue(each)}"`).join(""));
    }),
  );
});

test("strings equal what JSON.stringify says after a round trip", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      expect(JSON.parse(written((json) => json.string(text)))).toBe(text);
    }),
    { numRuns: 50 },
  );
  expect(written((json) => json.string('a"\\\n\u{1f600}é'))).toBe('"a\\"\\\\\\n\u{1f600}é"');
});

test("a sample is a pair", () => {
  expect(written((json) => json.sample(1500, 2.5))).toBe('[1.500,"2.5"]');
});

test("the buffer grows without losing anything", () => {
  const text = written((json) => {
    for (let i = 0; i < 10_000; i++) json.sample(i * 1000, 7);
  });
  const samples = JSON.parse(`[${text.replaceAll("][", "],[")}]`) as [number, string][];
  expect(samples).toHaveLength(10_000);
  expect(samples.every(([ts, value], i) => ts === i && value === "7")).toBe(true);
});

test("an answer over the limit is refused", () => {
  const json = new JsonBytes(100);
  expect(() => json.raw("x".repeat(101))).toThrow("cannot encode the answer: it is over 100 bytes");
});
