/** The fast hashes against the slowest readable forms of their definitions. */
import { crc32c } from "#base/hash/crc32c.ts";
import { xxh64 } from "#base/hash/xxh64.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

test("crc32c equals the bitwise division", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(0xffff_ffff), (bytes, seed) => {
      expect(crc32c(bytes, seed)).toBe(bitwiseCrc32c(bytes, seed));
    }),
  );
});

test("xxh64 equals the definition in BigInt", () => {
  const seeds = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 150 }), seeds, (bytes, seed) => {
      expect(xxh64(bytes, seed)).toBe(definedXxh64(bytes, seed));
    }),
    { numRuns: 500 },
  );
});

function bitwiseCrc32c(bytes: Uint8Array, seed: number): number {
  let crc = ~seed;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f6_3b78 : 0);
  }
  return ~crc >>> 0;
}

const P1 = 0x9e37_79b1_85eb_ca87n;
const P2 = 0xc2b2_ae3d_27d4_eb4fn;
const P3 = 0x1656_67b1_9e37_79f9n;
const P4 = 0x85eb_ca77_c2b2_ae63n;
const P5 = 0x27d4_eb2f_1656_67c5n;

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function rotl(value: bigint, bits: bigint): bigint {
  return u64(value << bits) | (value >> (64n - bits));
}

function round(lane: bigint, input: bigint): bigint {
  return u64(rotl(u64(lane + input * P2), 31n) * P1);
}

function little(bytes: Uint8Array, at: number, count: number): bigint {
  let value = 0n;
  for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i]!);
  return value;
}

function definedXxh64(bytes: Uint8Array, seed: bigint): bigint {
  let at = 0;
  let hash = u64(seed + P5);
  if (bytes.length >= 32) {
    const lanes = [seed + P1 + P2, seed + P2, seed, seed - P1].map(u64);
    for (; at + 32 <= bytes.length; at += 32) {
      for (let k = 0; k < 4; k++) lanes[k] = round(lanes[k]!, little(bytes, at + 8 * k, 8));
    }
    hash = u64([1n, 7n, 12n, 18n].reduce((sum, bits, k) => sum + rotl(lanes[k]!, bits), 0n));
    for (const lane of lanes) hash = u64((hash ^ round(0n, lane)) * P1 + P4);
  }
  hash = u64(hash + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8) {
    hash = u64(rotl(hash ^ round(0n, little(bytes, at, 8)), 27n) * P1 + P4);
  }
  for (; at + 4 <= bytes.length; at += 4) {
    hash = u64(rotl(hash ^ u64(little(bytes, at, 4) * P1), 23n) * P2 + P3);
  }
  for (; at < bytes.length; at++) {
    hash = u64(rotl(hash ^ u64(BigInt(bytes[at]!) * P5), 11n) * P1);
  }
  hash = u64((hash ^ (hash >> 33n)) * P2);
  hash = u64((hash ^ (hash >> 29n)) * P3);
  return hash ^ (hash >> 32n);
}
