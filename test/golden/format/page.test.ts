/**
 * A page with every source and predictor, a chain of miniblocks and digests, byte for byte. A
 * change of format adds a fixture, it never changes this one.
 * Covers: src/chunk/, src/kernels/page/
 */
import { MiniblockReader } from "#chunk/miniblock.ts";
import { PageDecoder } from "#chunk/page-decoder.ts";
import { SampleDigest } from "#chunk/sample-digest.ts";
import { instantiatePageTwin } from "#kernels/page-twin.ts";
import { encodeChain } from "#test/support/encode-chain.ts";
import { noCompressor } from "#test/support/no-compressor.ts";
import { pageKernel } from "#test/support/page-tools.ts";
import { expect, test } from "vitest";
import { encodeFixture, fixture, linesOf, valuesOf } from "./page-fixture.ts";

const bytesOf = (lines: readonly string[]): Uint8Array => Uint8Array.fromHex(lines.join(""));
const hexOf = (values: Float64Array): string[] =>
  Array.from(new BigUint64Array(values.slice().buffer), (bits) =>
    bits.toString(16).padStart(16, "0"),
  );

test.each([
  ["wasm", pageKernel],
  ["twin", () => instantiatePageTwin(64)],
] as const)("the %s encoder makes the golden pages", (_, kernel) => {
  expect(linesOf(encodeFixture(kernel(), "small"))).toEqual(fixture.page);
  expect(linesOf(encodeFixture(kernel(), "fast"))).toEqual(fixture.fastPage);
});

test.each([
  ["wasm", pageKernel],
  ["twin", () => instantiatePageTwin(64)],
] as const)("the %s decoder reads the golden pages", (_, kernel) => {
  const decoder = new PageDecoder(kernel(), noCompressor);
  for (const lines of [fixture.page, fixture.fastPage]) {
    const page = bytesOf(lines);
    expect(decoder.open(page, 0, page.length)).toBe(page.length);
    for (const { what, series, clock, bits } of fixture.columns) {
      const column = decoder.find(series);
      expect(decoder.decode(column), what).toBe(bits.length);
      expect(hexOf(decoder.values), what).toEqual(bits);
      expect([...decoder.timestamps], what).toEqual(fixture.clocks[clock]);
    }
    expect(decoder.decodeItems(decoder.find(900))).toBe(fixture.items.length);
    expect(decoder.items.toHex()).toBe(fixture.items.join(""));
    expect([...decoder.digest].map((word) => word.toString(16))).toEqual(fixture.digest);
  }
});

test("chains of miniblocks are the golden bytes, and are read back", () => {
  const kernel = pageKernel();
  const reader = new MiniblockReader(kernel);
  const [wasm, twin] = [kernel, instantiatePageTwin(64)].map((each) =>
    fixture.columns.map(({ clock, bits }) =>
      encodeChain(each, Float64Array.from(fixture.clocks[clock]!), valuesOf(bits)),
    ),
  );
  expect(wasm!.map((chain) => chain.toHex())).toEqual(fixture.miniblocks);
  expect(twin).toEqual(wasm);
  for (const [i, chain] of wasm!.entries()) {
    const { clock, bits } = fixture.columns[i]!;
    reader.read(chain, 0, chain.length, bits.length);
    expect(hexOf(reader.values)).toEqual(bits);
    expect([...reader.timestamps]).toEqual(fixture.clocks[clock]);
  }
});

test("the digest of the samples is golden, and that of parts adds up to it", () => {
  const kernel = pageKernel();
  const [low, high] = fixture.fingerprint;
  const digest = new SampleDigest(kernel);
  const all = new SampleDigest(kernel);
  for (const { clock, bits } of fixture.columns) {
    digest.reset();
    const times = Float64Array.from(fixture.clocks[clock]!);
    const values = valuesOf(bits);
    digest.add(low, high, times, values, 0, 3);
    digest.add(low, high, times, values, 3, bits.length);
    all.merge(digest.words);
  }
  expect([...all.words].map((word) => word.toString(16))).toEqual(fixture.sampleDigest);
});
