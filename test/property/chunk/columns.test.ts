/**
 * Columns of values and of timestamps: the kernel writes what its twin writes, both read it back,
 * and what they read is what was given, bit for bit.
 * Covers: src/kernels/page-kernel.ts, src/kernels/page-twin.ts, src/kernels/page/
 */
import { COLUMN_BYTES_MAX, COLUMN_CORRUPT } from "#kernels/layout/page-layout.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, PagePair } from "./page-pair.ts";
import { bitsOf, clockTimes, columnBits } from "./sample-arbitraries.ts";

const pair = new PagePair();

function expectBits(got: readonly bigint[], want: readonly bigint[]): void {
  // The check first: a million expectations would take all the time.
  if (got.some((bits, i) => bits !== want[i])) expect(got).toEqual(want);
}

function decodeBoth(bytes: number, want: readonly bigint[]): void {
  const count = want.length;
  const code = pair.call((calls, scratch) =>
    calls.columnDecode(pair.coded, bytes, count, pair.output, scratch),
  );
  expect(code).toBe(0);
  expectBits(pair.read(pair.output, count), want);
  pair.expectSame(pair.output, count * 8);
}

test("values come back bit for bit, and the twin agrees on every byte", () => {
  fc.assert(
    fc.property(columnBits, fc.boolean(), (bits, isSmall) => {
      pair.write(pair.input, bits);
      const bytes = pair.call((calls, scratch) =>
        calls.valuesEncode(pair.input, bits.length, isSmall, pair.coded, scratch),
      );
      expect(bytes).toBeLessThanOrEqual(1 + 8 * bits.length);
      pair.expectSame(pair.coded, bytes);
      decodeBoth(bytes, bits);
    }),
    { numRuns: FUZZ_RUNS },
  );
  pair.expectCanaries();
});

test("timestamps come back, in any order and of any size", () => {
  fc.assert(
    fc.property(clockTimes, fc.boolean(), (times, isSmall) => {
      // A number cannot tell 0 from -0 in what follows.
      const bits = times.map((time) => bitsOf(time + 0));
      pair.write(pair.input, bits);
      const bytes = pair.call((calls, scratch) =>
        calls.timestampsEncode(pair.input, bits.length, isSmall, pair.coded, scratch),
      );
      expect(bytes).toBeLessThanOrEqual(COLUMN_BYTES_MAX);
      pair.expectSame(pair.coded, bytes);
      decodeBoth(bytes, bits);
    }),
    { numRuns: FUZZ_RUNS },
  );
  pair.expectCanaries();
});

test("damaged columns are refused or give other values: nothing is written elsewhere", () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1 });
  let refused = 0;
  fc.assert(
    fc.property(columnBits, fc.boolean(), damage, fc.nat(3000), (bits, isSmall, edits, more) => {
      pair.write(pair.input, bits);
      const { calls, scratch } = pair.wasm;
      const at = pair.coded;
      const bytes = calls.valuesEncode(pair.input, bits.length, isSmall, at, scratch.offset);
      const coded = pair.bytes(at, bytes);
      for (const [place, value] of edits) coded[place % Math.min(bytes, 40)] = value;
      const count = bits.length + (more % 2 === 0 ? 0 : more);
      const code = calls.columnDecode(at, bytes, count, pair.output, scratch.offset);
      if (code === COLUMN_CORRUPT) refused++;
      else expect(code).toBe(0);
    }),
    { numRuns: FUZZ_RUNS * 4 },
  );
  expect(refused).toBeGreaterThan(FUZZ_RUNS);
  pair.expectCanaries();
});
