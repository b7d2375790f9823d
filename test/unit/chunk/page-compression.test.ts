import { isErrorOf } from "#base/engine-error.ts";
import { CHUNK_CORRUPT } from "#chunk/chunk-errors.ts";
import { COLUMN_EXEMPLAR } from "#chunk/column-kind.ts";
import { COMPRESS_BYTES_MIN, compressPage } from "#chunk/page-compression.ts";
import { PageDecoder } from "#chunk/page-decoder.ts";
import { PageEncoder } from "#chunk/page-encoder.ts";
import { PAGE_BYTES_MAX } from "#chunk/page-header.ts";
import { noiseWords } from "#test/support/noise-words.ts";
import { pageKernel, zstdCompressor } from "#test/support/page-tools.ts";
import { expect, test } from "vitest";

const kernel = pageKernel();
const times = Float64Array.from({ length: 50 }, (_, i) => i * 1000);

/** A page of items that take so many bytes and repeat each other, or not. */
function pageOf(bytes: number, isNoise: boolean): Uint8Array {
  const encoder = new PageEncoder(kernel, { packing: "small", pageBytesMax: PAGE_BYTES_MAX });
  const noise = noiseWords(bytes);
  const items = Uint8Array.from({ length: bytes }, (_, i) => (isNoise ? noise[i]! : i % 100));
  const ends = times.map((_, i) => ((i + 1) * bytes) / 50);
  encoder.addItems(COLUMN_EXEMPLAR, 1, 2, 3, times, items, Uint32Array.from(ends), 0, 50);
  return encoder.finish();
}

test("a large page that shrinks is kept compressed, and reads the same", () => {
  const page = pageOf(55_000, false);
  const small = compressPage(page, zstdCompressor);
  expect(small.length).toBeLessThan(page.length / 10);
  const decoder = new PageDecoder(kernel, zstdCompressor);
  decoder.open(page, 0, page.length);
  decoder.decodeItems(0);
  const [items, digest] = [decoder.items.slice(), decoder.digest];
  expect(decoder.open(small, 0, small.length)).toBe(small.length);
  expect(decoder.decodeItems(0)).toBe(50);
  expect(decoder.items).toEqual(items);
  expect(decoder.digest).toEqual(digest);
});

test("small pages and those that do not shrink stay as they are", () => {
  const small = pageOf(40_000, false);
  expect(small.length).toBeLessThan(COMPRESS_BYTES_MIN);
  expect(compressPage(small, zstdCompressor)).toBe(small);
  const noise = pageOf(55_000, true);
  expect(compressPage(noise, zstdCompressor)).toBe(noise);
});

test("a frame that does not hold what the header says is refused", () => {
  const page = compressPage(pageOf(55_000, false), {
    ...zstdCompressor,
    compress: (bytes) => zstdCompressor.compress(bytes.subarray(1)),
  });
  const decoder = new PageDecoder(kernel, zstdCompressor);
  let caught: unknown;
  try {
    decoder.open(page, 0, page.length);
  } catch (error) {
    caught = error;
  }
  expect(isErrorOf(caught, CHUNK_CORRUPT)).toBe(true);
  expect(String(caught)).toContain("its zstd frame is damaged");
});
