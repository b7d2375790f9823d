/**
 * Blocks against plain maps: any series and samples, any range, any matchers.
 * Covers: src/tsdb/block/, src/tsdb/index/
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { labelsOf } from "#model/labels.ts";
import type { Matcher } from "#model/matcher.ts";
import { compileMatchers } from "#model/matches-labels.ts";
import { tenantId } from "#model/refs.ts";
import {
  BlockRig,
  expectedOf,
  HOUR_MS,
  plainOf,
  type PlainSeries,
} from "#test/support/block-rig.ts";
import { kernelPageTools } from "#test/support/kernel-pages.ts";
import { plainPageTools } from "#test/support/plain-pages.ts";
import { ByteWriter } from "#base/bytes/byte-writer.ts";
import { decodePostings, encodePostings } from "#tsdb/block/postings-codec.ts";

const nameText = fc.constantFrom("__name__", "job", "instance", "a", "größe", "\u{1f600}");
const valueText = fc.oneof(
  fc.constantFrom("x", "y", "xy", "z", "10.0.0.1", "\u{ffff}", "\u{10000}"),
  fc.string({ minLength: 1, maxLength: 20 }),
);

const oneSeries = fc.record({
  tenant: fc.constantFrom(0, 0, 0, 7, 0xffff_ffff),
  labels: fc.dictionary(nameText, valueText, { maxKeys: 4 }),
  samples: fc
    .uniqueArray(fc.integer({ min: 0, max: 2 * HOUR_MS - 1 }), { minLength: 1, maxLength: 300 })
    .chain((times) => {
      times.sort((a, b) => a - b);
      const bits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
      return fc
        .array(bits, { minLength: times.length, maxLength: times.length })
        .map((values) => times.map((time, i): [number, bigint] => [time, values[i]!]));
    }),
});

const keyOf = ({ tenant, labels }: PlainSeries): string =>
  JSON.stringify([tenant, labelsOf(Object.entries(labels))]);
const someSeries = fc.uniqueArray(oneSeries, { minLength: 1, maxLength: 30, selector: keyOf });

const matcher = fc.record({
  name: fc.oneof(nameText, fc.constant("absent")),
  kind: fc.constantFrom<Matcher["kind"]>("=", "!=", "=~", "!~"),
  value: fc.constantFrom("", "x", "y", "x|y", "x.*", ".+", ".*", "10.0.0.1", "(x|)"),
});

/** 0 stands for the real codec. */
const kernelTools = kernelPageTools();

test("a block is a map from series to samples", async () => {
  const property = fc.asyncProperty(
    someSeries,
    fc.array(matcher, { maxLength: 3 }),
    fc.integer({ min: -10, max: 2 * HOUR_MS }),
    fc.integer({ min: 0, max: 2 * HOUR_MS }),
    fc.constantFrom(0, 7),
    fc.constantFrom(300, 4096, 65_536, 0),
    async (series, matchers, minMs, length, tenant, pageBytes) => {
      const tools = pageBytes === 0 ? kernelTools : plainPageTools(pageBytes);
      const rig = new BlockRig({ tools });
      await rig.write(series);
      const want = expectedOf(series);
      expect(await rig.readAll()).toEqual(want);
      const reader = await rig.open();
      const chosen = await reader.select(tenantId(tenant), matchers);
      const range = { minMs, maxMs: minMs + length };
      const accepts = compileMatchers(matchers);
      const some = want
        .filter((one) => one.tenant === tenant)
        .filter((one) => accepts(labelsOf(Object.entries(one.labels))))
        .map((one) => ({
          ...one,
          samples: one.samples.filter(([at]) => at >= range.minMs && at <= range.maxMs),
        }))
        .filter(({ samples }) => samples.length > 0);
      expect(await plainOf(await reader.read(chosen, range))).toEqual(some);
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

test("a posting list is the set it was", () => {
  const list = fc.oneof(
    fc.uniqueArray(fc.nat({ max: 5000 }), { minLength: 1, maxLength: 300 }),
    // Dense, and in runs.
    fc
      .array(fc.tuple(fc.nat({ max: 4000 }), fc.nat({ max: 60 })), { minLength: 1, maxLength: 40 })
      .map((runs) => [
        ...new Set(runs.flatMap(([at, n]) => Array.from({ length: n + 1 }, (_, i) => at + i))),
      ]),
  );
  const property = fc.property(list, fc.nat({ max: 20 }), (numbers, before) => {
    const series = Uint32Array.from(numbers).sort();
    const writer = new ByteWriter({ bytesMax: 1 << 20 });
    for (let i = 0; i < before; i++) writer.u8(0xff);
    encodePostings(writer, series);
    const bytes = writer.take();
    const bound = series.at(-1)! + 1;
    expect(decodePostings("p", bytes, before, bytes.length, bound)).toEqual(series);
    // Nothing that is too short, too long or out of bounds passes for a list.
    const tooShort = (): unknown => decodePostings("p", bytes, before, bytes.length - 1, bound);
    expect(tooShort).toThrow(/cannot read p/);
    const tooHigh = (): unknown => decodePostings("p", bytes, before, bytes.length, bound - 1);
    expect(tooHigh).toThrow(/cannot read p/);
  });
  fc.assert(property, { numRuns: 200 });
});

test("bytes that are no posting list are refused or give a list inside the bound", () => {
  const property = fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
    try {
      const series = decodePostings("p", bytes, 0, bytes.length, 1000);
      expect(series.every((one, i) => one < 1000 && (i === 0 || one > series[i - 1]!))).toBe(true);
    } catch (error) {
      expect(String(error)).toMatch(/cannot read p/);
    }
  });
  fc.assert(property, { numRuns: 2000 });
});
