import { crc32c } from "#base/hash/crc32c.ts";
import { expect, test } from "vitest";

const CHECK = new TextEncoder().encode("123456789");

test("sums a range of a larger array", () => {
  const padded = new Uint8Array(20).fill(0xee);
  padded.set(CHECK, 5);
  expect(crc32c(padded, 0, 5, 14)).toBe(0xe306_9283);
});

test("sums in parts", () => {
  for (let cut = 0; cut <= CHECK.length; cut++) {
    const first = crc32c(CHECK, 0, 0, cut);
    expect(crc32c(CHECK, first, cut)).toBe(0xe306_9283);
  }
});

test("a seed of 2^32 - 1 is not a seed of 0", () => {
  expect(crc32c(CHECK, 0xffff_ffff)).not.toBe(crc32c(CHECK));
});

test("an empty range gives the seed back", () => {
  expect(crc32c(CHECK, 0xdead_beef, 3, 3)).toBe(0xdead_beef);
});
