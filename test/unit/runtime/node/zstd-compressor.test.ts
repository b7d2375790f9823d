import { zstdCompressor } from "#runtime/node/zstd-compressor.ts";
import { expect, test } from "vitest";

test("what was compressed comes back, and only at its own size", () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) & 15);
  const packed = zstdCompressor.compress(bytes);
  expect(packed.length).toBeLessThan(bytes.length / 2);
  expect(Buffer.compare(zstdCompressor.decompress(packed, bytes.length), bytes)).toBe(0);
  for (const wrong of [bytes.length - 1, bytes.length + 1, 10]) {
    expect(() => zstdCompressor.decompress(packed, wrong)).toThrow();
  }
  expect(() => zstdCompressor.decompress(bytes, bytes.length)).toThrow();
});
