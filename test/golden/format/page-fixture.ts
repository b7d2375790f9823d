/** The samples of `page.json` as columns, and the page they make. */
import { readFileSync } from "node:fs";
import { COLUMN_EXEMPLAR } from "#chunk/column-kind.ts";
import { PageEncoder } from "#chunk/page-encoder.ts";
import type { PageKernel } from "#kernels/page-kernel.ts";

interface Fixture {
  readonly clocks: Readonly<Record<string, readonly number[]>>;
  readonly columns: readonly {
    readonly what: string;
    readonly series: number;
    readonly clock: string;
    /** Value bits in hexadecimal, highest digit first. */
    readonly bits: readonly string[];
  }[];
  readonly items: readonly string[];
  readonly fingerprint: readonly [number, number];
  /** In lines of 32 bytes. */
  readonly page: readonly string[];
  readonly fastPage: readonly string[];
  readonly miniblocks: readonly string[];
  /** Of the page: words in hexadecimal. */
  readonly digest: readonly string[];
  /** Without the items. */
  readonly sampleDigest: readonly string[];
}

export const fixture: Fixture = JSON.parse(
  readFileSync(new URL("./page.json", import.meta.url), "utf8"),
) as Fixture;

export function valuesOf(bits: readonly string[]): Float64Array<ArrayBuffer> {
  return new Float64Array(new BigUint64Array(bits.map((hex) => BigInt(`0x${hex}`))).buffer);
}

export function linesOf(bytes: Uint8Array): string[] {
  return bytes.toHex().match(/.{1,64}/g) ?? [];
}

/** The page of all columns; the items come last, on the first clock. */
export function encodeFixture(kernel: PageKernel, packing: "fast" | "small"): Uint8Array {
  const encoder = new PageEncoder(kernel, { packing, pageBytesMax: 65_536 });
  const [low, high] = fixture.fingerprint;
  for (const { series, clock, bits } of fixture.columns) {
    const times = Float64Array.from(fixture.clocks[clock]!);
    encoder.add(series, low, high, times, valuesOf(bits), 0, bits.length);
  }
  const items = fixture.items.map((item) => Uint8Array.fromHex(item));
  let end = 0;
  const ends = Uint32Array.from(items, (item) => (end += item.length));
  const times = Float64Array.from(fixture.clocks["regular"]!).subarray(0, items.length);
  const bytes = Buffer.concat(items);
  encoder.addItems(COLUMN_EXEMPLAR, 900, low, high, times, bytes, ends, 0, items.length);
  return encoder.finish();
}
