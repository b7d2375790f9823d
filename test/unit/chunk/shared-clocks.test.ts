/** Pages whose clocks are kept elsewhere. Covers: src/chunk/page-directory.ts */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isErrorOf } from "#base/engine-error.ts";
import { CHUNK_CORRUPT } from "#chunk/chunk-errors.ts";
import { PageDecoder } from "#chunk/page-decoder.ts";
import { PageEncoder } from "#chunk/page-encoder.ts";
import { PAGE_BYTES_MAX } from "#chunk/page-header.ts";
import { SHARED_CLOCK_BYTES_MIN, type ClockSource } from "#chunk/shared-clocks.ts";
import { instantiatePage, PAGE_MODULE_URL } from "#kernels/page-kernel.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { noCompressor } from "#test/support/no-compressor.ts";

function clockOf(samples: number): Float64Array {
  const random = new SeededRandom(1);
  return Float64Array.from({ length: samples }, (_, i) => {
    return i * 10_000 + Math.floor(random.float() * 5000);
  });
}

const module = new WebAssembly.Module(readFileSync(PAGE_MODULE_URL));
const kernel = instantiatePage(module);
const encoder = new PageEncoder(kernel, { packing: "small", pageBytesMax: PAGE_BYTES_MAX });
const decoder = new PageDecoder(kernel, noCompressor);

/** A page of two series, and the clocks that it left to others. */
function pageOf(samples: number): { page: Uint8Array; kept: Uint8Array[] } {
  const kept: Uint8Array[] = [];
  encoder.sharedClocks = { add: (encoded) => kept.push(encoded.slice()) - 1 };
  encoder.reset();
  const timestamps = clockOf(samples);
  for (const series of [3, 5]) {
    const values = timestamps.map((at) => at * series);
    expect(encoder.add(series, 1, 2, timestamps, values, 0, samples)).toBe(samples);
  }
  return { page: encoder.finish(), kept };
}

function sourceOf(kept: readonly Uint8Array[]): ClockSource {
  return { bytesOf: (number) => kept[number] ?? null };
}

test("a long clock is left to others, a short one is not", () => {
  const long = pageOf(1000);
  expect(long.kept.length).toBe(1);
  expect(long.kept[0]!.length).toBeGreaterThanOrEqual(SHARED_CLOCK_BYTES_MIN);
  expect(pageOf(20).kept).toEqual([]);
  decoder.open(long.page, 0, long.page.length, sourceOf(long.kept));
  for (const [column, series] of [3, 5].entries()) {
    expect(decoder.decode(column)).toBe(1000);
    expect(decoder.timestamps).toEqual(clockOf(1000));
    expect(decoder.values).toEqual(clockOf(1000).map((at) => at * series));
  }
});

test("a page without its clocks is damage, not a wrong answer", () => {
  const { page, kept } = pageOf(1000);
  const errorWith = (clocks: ClockSource | null): unknown => {
    decoder.open(page, 0, page.length, clocks);
    try {
      return decoder.decode(0);
    } catch (error) {
      return error;
    }
  };
  const cut = kept[0]!.subarray(0, 100);
  for (const clocks of [null, sourceOf([]), sourceOf([cut])]) {
    expect(isErrorOf(errorWith(clocks), CHUNK_CORRUPT)).toBe(true);
  }
  expect(errorWith(sourceOf(kept))).toBe(1000);
});
