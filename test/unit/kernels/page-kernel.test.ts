/**
 * Which form a column of a known shape takes, and what it costs then: a form that is never chosen
 * would pass every test of exactness.
 * Covers: src/kernels/page-kernel.ts
 */
import * as layout from "#kernels/layout/page-layout.ts";
import { pageKernel } from "#test/support/page-tools.ts";
import { noiseWords } from "#test/support/noise-words.ts";
import { expect, test } from "vitest";

const kernel = pageKernel();
const { calls, memory, values: input, encoded, scratch } = kernel;
const words = noiseWords(4096);
/** A whole number in [0, below), the same one for the same i. */
const noise = (i: number, below: number): number => words[i % 4096]! % below;

interface Form {
  readonly source: number;
  readonly predictor: number;
  readonly packing: number;
  readonly hasPatches: boolean;
  readonly bytes: number;
}

function formOf(column: Float64Array, isSmall: boolean, isClock = false): Form {
  const { f64, u8 } = memory.views();
  f64.set(column, input.offset / 8);
  const { length } = column;
  const bytes = isClock
    ? calls.timestampsEncode(input.offset, length, isSmall, encoded.offset, scratch.offset)
    : calls.valuesEncode(input.offset, length, isSmall, encoded.offset, scratch.offset);
  const head = u8[encoded.offset]!;
  const code = calls.columnDecode(
    encoded.offset,
    bytes,
    column.length,
    kernel.timestamps.offset,
    scratch.offset,
  );
  expect(code).toBe(0);
  const at = kernel.timestamps.offset;
  const [got, want] = [u8.slice(at, at + column.byteLength), new Uint8Array(column.buffer)];
  expect(Buffer.compare(got, want)).toBe(0);
  return {
    source: head & 7,
    predictor: (head >> 3) & 3,
    packing: (head >> 5) & 3,
    hasPatches: head > 127,
    bytes,
  };
}

function column(count: number, next: (i: number) => number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => next(i));
}

function walk(count: number, step: (i: number) => number, scale: (whole: number) => number) {
  let whole = 100_000;
  return column(count, (i) => scale((whole += step(i))));
}

const same = (whole: number): number => whole;

test.each([
  ["zero", column(100, () => 0), 1],
  ["a decimal", column(100, () => 0.25), 3],
  ["an integer", column(100, () => -7), 3],
  ["a fraction without end", column(100, () => 1 / 3), 9],
  ["not a number", column(100, () => Number.NaN), 9],
  ["a single value", column(1, () => 12), 3],
])("constants: %s", (_, values, bytes) => {
  expect(formOf(values, true)).toMatchObject({ source: layout.SOURCE_CONSTANT, bytes });
});

test.each([
  ["division", layout.SOURCE_DIVIDE, (whole: number) => whole / 1000],
  ["multiplication", layout.SOURCE_MULTIPLY, (whole: number) => whole * 0.001],
  ["two divisions", layout.SOURCE_THOUSANDS, (whole: number) => whole / 1000 / 1000],
])("decimals made by %s are whole numbers again", (_, source, scale) => {
  const form = formOf(
    walk(2000, (i) => noise(i, 50), scale),
    true,
  );
  expect(form).toMatchObject({ source, hasPatches: false, packing: layout.PACKING_CODED });
  // Six bits of noise, and a head.
  expect(form.bytes).toBeLessThan((2000 * 6) / 8);
});

test("values without a short decimal are ordered bits", () => {
  const form = formOf(
    column(1000, (i) => 60 + Math.sin(i / 50) + noise(i, 1e6) / 3e9),
    false,
  );
  expect(form).toMatchObject({ source: layout.SOURCE_BITS, packing: layout.PACKING_BLOCKS });
  expect(form.bytes).toBeLessThan(6300);
});

test("values without any pattern stay raw", () => {
  const form = formOf(new Float64Array(noiseWords(2000).buffer), true);
  expect(form).toMatchObject({ source: layout.SOURCE_RAW, bytes: 8001 });
});

test("few misfits are patched, special values at any number", () => {
  const some = column(1000, (i) => (i % 200 === 7 ? 1 / 3 : i % 5));
  expect(formOf(some, true)).toMatchObject({ source: layout.SOURCE_DIVIDE, hasPatches: true });
  const idle = column(1000, (i) => ((i >> 6) % 2 === 0 ? Number.NaN : noise(i, 4)));
  const form = formOf(idle, true);
  expect(form).toMatchObject({ source: layout.SOURCE_DIVIDE, hasPatches: true });
  expect(form.bytes).toBeLessThan(300);
});

test("what all differences have in common is divided out", () => {
  const form = formOf(
    walk(1000, (i) => noise(i, 16) * 4096, same),
    false,
  );
  expect(form.bytes).toBeLessThan(580);
  const halves = formOf(
    column(1000, (i) => 2 ** 60 + 2 ** 20 * noise(i, 16)),
    false,
  );
  expect(halves).toMatchObject({ source: layout.SOURCE_BITS });
  expect(halves.bytes).toBeLessThan(700);
});

test.each([
  ["noise about a level", layout.PREDICTOR_FIRST, column(1000, (i) => 5000 + noise(i, 64))],
  ["a walk", layout.PREDICTOR_DELTA, walk(1000, (i) => noise(i, 64), same)],
  ["a parabola", layout.PREDICTOR_DELTA2, column(1000, (i) => i * i + noise(i, 2))],
])("predicts %s", (_, predictor, values) => {
  expect(formOf(values, true)).toMatchObject({ predictor });
});

test("regular timestamps cost next to nothing, jitter what it is", () => {
  const regular = formOf(
    column(5760, (i) => 1.76e12 + i * 15_000),
    true,
    true,
  );
  expect(regular).toMatchObject({ packing: layout.PACKING_EQUAL });
  expect(regular.bytes).toBeLessThan(16);
  const jittered = formOf(
    column(5760, (i) => 1.76e12 + i * 15_000 + noise(i, 21)),
    true,
    true,
  );
  expect(jittered).toMatchObject({ predictor: layout.PREDICTOR_LINE });
  // log2(21) = 4.4 bits.
  expect(jittered.bytes).toBeLessThan((5760 * 4.7) / 8);
});

test("rare changes cost far less than a bit per sample", () => {
  const rare = walk(5000, (i) => (noise(i, 100) === 0 ? 1 + noise(i, 7) : 0), same);
  const form = formOf(rare, true);
  expect(form).toMatchObject({ packing: layout.PACKING_CODED });
  expect(form.bytes).toBeLessThan((5000 * 0.18) / 8);
});

test.each([30, 50, 60])("coded streams carry jumps of 2^%d", (bits) => {
  const wide = column(1000, (i) => (noise(i, 9) === 0 ? noise(i, 2 ** 30) * 2 ** (bits - 30) : 5));
  expect(formOf(wide, true)).toMatchObject({ packing: layout.PACKING_CODED });
});
