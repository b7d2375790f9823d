import { SampleDigest } from "#chunk/sample-digest.ts";
import { pageKernel } from "#test/support/page-tools.ts";
import { expect, test } from "vitest";

const kernel = pageKernel();
const times = Float64Array.from({ length: 3000 }, (_, i) => i * 1000);
const values = Float64Array.from(times, (time) => time / 7);

function sums(add: (digest: SampleDigest) => void): Uint32Array {
  const digest = new SampleDigest(kernel);
  add(digest);
  return digest.words;
}

const whole = sums((digest) => digest.add(1, 2, times, values, 0, 3000));

test("parts in any order add up to the whole", () => {
  const parts = sums((digest) => {
    digest.add(1, 2, times, values, 1500, 3000);
    digest.add(1, 2, times, values, 0, 1);
    const rest = sums((other) => other.add(1, 2, times, values, 1, 1500));
    digest.merge(rest);
  });
  expect(parts).toEqual(whole);
});

test("every word tells series, times and values apart", () => {
  const others = [
    sums((digest) => digest.add(2, 1, times, values, 0, 3000)),
    sums((digest) => digest.add(1, 2, values, times, 0, 3000)),
    sums((digest) => digest.add(1, 2, times, values, 0, 2999)),
  ];
  for (const other of others) {
    for (const [i, word] of other.entries()) expect(word).not.toBe(whole[i]);
  }
});

test("reset starts anew", () => {
  const digest = new SampleDigest(kernel);
  digest.add(9, 9, times, values, 0, 5);
  digest.reset();
  expect([...digest.words]).toEqual([0, 0, 0, 0]);
});
