import { expect, test } from "vitest";
import { SeededRandom } from "#runtime/seeded-random.ts";

const draws = (random: { u32(): number }, count: number): number[] =>
  Array.from({ length: count }, () => random.u32());

test("one seed, one stream: these draws never change", () => {
  expect(draws(new SeededRandom(1), 4)).toMatchInlineSnapshot(`
    [
      3941718762,
      1897315821,
      4227198370,
      898101193,
    ]
  `);
  expect(draws(new SeededRandom(2 ** 40 + 1), 2)).toMatchInlineSnapshot(`
    [
      1581004084,
      2319248450,
    ]
  `);
});

test("forks depend on seed and tag, not on what was drawn", () => {
  const fresh = new SeededRandom(7);
  const used = new SeededRandom(7);
  draws(used, 10);
  expect(draws(used.fork("disk"), 5)).toEqual(draws(fresh.fork("disk"), 5));
  expect(draws(fresh.fork("disk"), 5)).not.toEqual(draws(fresh.fork("net"), 5));
  expect(draws(fresh.fork("a").fork("b"), 5)).not.toEqual(draws(fresh.fork("ab"), 5));
});

test("seeds that differ only above 32 bits differ", () => {
  expect(draws(new SeededRandom(5), 4)).not.toEqual(draws(new SeededRandom(2 ** 33 + 5), 4));
});

test("bits and floats are balanced", () => {
  const random = new SeededRandom(0);
  const ones = new Uint32Array(32);
  let sum = 0;
  for (let index = 0; index < 20_000; index++) {
    const word = random.u32();
    for (let bit = 0; bit < 32; bit++) ones[bit]! += (word >>> bit) & 1;
    const value = random.float();
    expect(value >= 0 && value < 1).toBe(true);
    sum += value;
  }
  // Six standard deviations of 20,000 fair coins are 424.
  for (const count of ones) expect(Math.abs(count - 10_000)).toBeLessThan(424);
  expect(Math.abs(sum / 20_000 - 0.5)).toBeLessThan(0.0125);
});
