/**
 * Hash values are part of the on-disk format: these vectors come from the published check values of
 * CRC-32C and from the self-test of the XXH64 reference implementation. They never change.
 */
import { readFileSync } from "node:fs";
import { crc32c } from "#base/hash/crc32c.ts";
import { xxh64 } from "#base/hash/xxh64.ts";
import { expect, test } from "vitest";

interface Vectors {
  readonly crc32c: readonly { readonly hex: string; readonly sum: string }[];
  readonly xxh64: readonly { readonly text: string; readonly seed: string; readonly sum: string }[];
  readonly xxh64Generated: readonly {
    readonly bytes: number;
    readonly seed: string;
    readonly sum: string;
  }[];
}

const vectors = JSON.parse(
  readFileSync(new URL("./hashes.json", import.meta.url), "utf8"),
) as Vectors;

test.each(vectors.crc32c)("crc32c of $hex", ({ hex, sum }) => {
  expect(crc32c(Uint8Array.fromHex(hex))).toBe(Number.parseInt(sum, 16));
});

test.each(vectors.xxh64)("xxh64 of $text", ({ text, seed, sum }) => {
  expect(xxh64(new TextEncoder().encode(text), BigInt(seed))).toBe(BigInt(`0x${sum}`));
});

test.each(vectors.xxh64Generated)("xxh64 of $bytes bytes, seed $seed", ({ bytes, seed, sum }) => {
  expect(xxh64(selfTestBytes(bytes), BigInt(seed))).toBe(BigInt(`0x${sum}`));
});

/** The buffer of the reference self-test: top bytes of a repeatedly squared 32-bit prime. */
function selfTestBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  let generator = 2_654_435_761;
  for (let i = 0; i < count; i++) {
    bytes[i] = generator >>> 24;
    generator = Math.imul(generator, generator) >>> 0;
  }
  return bytes;
}
