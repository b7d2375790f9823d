/**
 * Columns of value bits as monitoring makes them, and as it never should: counters, gauges, noise,
 * values scaled in three ways, runs of special values, and arbitrary bits.
 */
import fc from "fast-check";

export const SPECIAL_BITS: readonly bigint[] = [
  0x7ff0_0000_0000_0002n, // stale
  0x7ff8_0000_0000_0000n, // NaN
  0xfff8_0000_0000_1234n, // NaN with a sign and a payload
  0x7ff0_0000_0000_0000n, // Infinity
  0xfff0_0000_0000_0000n, // -Infinity
  0x8000_0000_0000_0000n, // -0
];
const EDGE_BITS: readonly bigint[] = [
  ...SPECIAL_BITS,
  0n,
  1n, // the least denormal
  0x8000_0000_0000_0001n,
  0x000f_ffff_ffff_ffffn,
  0x7fef_ffff_ffff_ffffn, // the largest number
  0xffef_ffff_ffff_ffffn,
  0xffff_ffff_ffff_ffffn,
  0x7fff_ffff_ffff_ffffn,
];

const view = new DataView(new ArrayBuffer(8));

export function bitsOf(value: number): bigint {
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

const anyBits: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(...EDGE_BITS),
  fc.double({ noNaN: true }).map(bitsOf),
);

interface Shape {
  readonly count: number;
  readonly start: number;
  readonly step: number;
  readonly jitter: number;
  readonly still: number;
  readonly exponent: number;
  readonly way: number;
  readonly unit: number;
  readonly reset: boolean;
  readonly seed: number;
}

const shape: fc.Arbitrary<Shape> = fc.record({
  count: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 700 })),
  start: fc.oneof(fc.constant(0), fc.integer({ min: -(10 ** 6), max: 10 ** 14 })),
  step: fc.oneof(fc.constant(0), fc.integer({ min: -1000, max: 10 ** 6 })),
  jitter: fc.constantFrom(0, 1, 20, 1000, 10 ** 6, 2 ** 40),
  still: fc.constantFrom(0, 0.3, 0.95),
  exponent: fc.constantFrom(0, 0, 1, 2, 3, 6, 9, 14),
  way: fc.integer({ min: 0, max: 2 }),
  unit: fc.constantFrom(1, 1, 10, 512, 4096, 999),
  reset: fc.boolean(),
  seed: fc.integer(),
});

/** A small generator of its own: the same shape gives the same column. */
function randomOf(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x9e37;
    return ((state ^ (state >>> 12)) >>> 0) / 2 ** 32;
  };
}

function scaled(whole: number, { exponent, way }: Shape): number {
  if (way === 0) return whole / 10 ** exponent;
  if (way === 1) return whole * Number(`1e-${exponent}`);
  return whole / 1000 / (10 ** exponent / 1000);
}

function walk(shapeOf: Shape): bigint[] {
  const random = randomOf(shapeOf.seed);
  let whole = shapeOf.start;
  return Array.from({ length: shapeOf.count }, (_, i) => {
    if (random() >= shapeOf.still) {
      const noise = Math.floor((random() - 0.5) * shapeOf.jitter);
      whole += shapeOf.unit * (shapeOf.step + noise);
    }
    if (shapeOf.reset && i === shapeOf.count >> 1) whole = 0;
    return bitsOf(scaled(whole, shapeOf));
  });
}

function noise({ count, seed, step }: Shape): bigint[] {
  const random = randomOf(seed);
  let value = random() * 100;
  return Array.from({ length: count }, () => {
    value += (random() - 0.5) * (step / 1000 + 1) + random() * 2 ** -31;
    return bitsOf(value);
  });
}

const smooth: fc.Arbitrary<bigint[]> = fc.oneof(shape.map(walk), shape.map(noise));

/** A smooth column with pieces of it replaced. */
const spoiled: fc.Arbitrary<bigint[]> = fc
  .tuple(
    smooth,
    fc.array(fc.tuple(fc.nat(700), fc.integer({ min: 1, max: 30 }), anyBits), { maxLength: 12 }),
  )
  .map(([column, pieces]) => {
    for (const [at, length, bits] of pieces) {
      column.fill(bits, at % column.length, (at % column.length) + length);
    }
    return column;
  });

/** Bits of 1 to 700 values. */
export const columnBits: fc.Arbitrary<bigint[]> = fc.oneof(
  { arbitrary: smooth, weight: 3 },
  { arbitrary: spoiled, weight: 3 },
  { arbitrary: fc.array(anyBits, { minLength: 1, maxLength: 200 }), weight: 1 },
  {
    arbitrary: fc.array(fc.constantFrom(...EDGE_BITS), { minLength: 1, maxLength: 200 }),
    weight: 1,
  },
);

/** Timestamps: rising, regular with exceptions, or anywhere. */
export const clockTimes: fc.Arbitrary<number[]> = fc.oneof(
  fc
    .tuple(
      fc.integer({ min: -(2 ** 45), max: 2 ** 45 }),
      fc.constantFrom(1, 1000, 15_000, 86_400_000),
      fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 1, maxLength: 300 }),
      fc.constantFrom(0, 0.02, 1),
    )
    .map(([start, period, jitters, share]) =>
      jitters.map((jitter, i) => start + i * period + (i % 50 < share * 50 ? jitter : 0)),
    ),
  fc.array(fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }), { minLength: 1, maxLength: 100 }),
  fc.array(fc.constantFrom(-(2 ** 52), 2 ** 52 - 1, 0, -1), { minLength: 1, maxLength: 50 }),
);
