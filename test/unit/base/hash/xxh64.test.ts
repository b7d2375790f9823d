import { xxh64, xxh64Into } from "#base/hash/xxh64.ts";
import { expect, test } from "vitest";

const TEXT = new TextEncoder().encode("Nobody inspects the spammish repetition");

test("hashes a range of a larger array", () => {
  const padded = new Uint8Array(64).fill(0xee);
  padded.set(TEXT, 3);
  expect(xxh64(padded, 0n, 3, 3 + TEXT.length)).toBe(0xfbce_a83c_8a37_8bf1n);
});

test("uses all 64 bits of the seed", () => {
  const sums = [0n, 1n, 1n << 32n, 1n << 63n].map((seed) => xxh64(TEXT, seed));
  expect(new Set(sums).size).toBe(4);
});

test("the word form agrees with the bigint form", () => {
  const out = new Uint32Array(4);
  const seed = 0x0123_4567_89ab_cdefn;
  xxh64Into(out, 1, TEXT, 0x89ab_cdef, 0x0123_4567, 0, TEXT.length);
  expect((BigInt(out[2]!) << 32n) | BigInt(out[1]!)).toBe(xxh64(TEXT, seed));
  expect([out[0], out[3]]).toEqual([0, 0]);
});
