import { expect, test } from "vitest";
import { crc32c } from "#base/hash/crc32c.ts";
import { ByteKernels } from "#kernels/byte-kernels.ts";
import { bothKernels } from "./both-kernels.ts";

const LENGTHS = [0, 1, 7, 255, 256, 257, 1000, 65_535, 65_536, 65_537, 140_001];

test("checksums are those of the twins at every length, wherever the bytes lie", () => {
  const bytes = new Uint8Array(new SharedArrayBuffer(200_000));
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 2_654_435_761) >>> 24;
  for (const kernels of bothKernels()) {
    const fast = new ByteKernels(kernels);
    for (const length of LENGTHS) {
      for (const start of [0, 3]) {
        const end = start + length;
        expect(fast.crc32c(bytes, 77, start, end)).toBe(crc32c(bytes, 77, start, end));
      }
    }
  }
});
