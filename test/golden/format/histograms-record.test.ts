/** The bytes of a record of samples with native histograms among them. */
import { readFileSync } from "node:fs";
import type { HistogramColumn } from "#storage/histogram-column.ts";
import {
  decodeHistograms,
  encodeHistograms,
  HISTOGRAMS_PREFIX_BYTES,
  histogramsPayloadBytes,
} from "#tsdb/wal/histogram-payload.ts";
import { decodeSamples, encodeSamples, samplesPayloadBytesMax } from "#tsdb/wal/sample-payload.ts";
import { expect, test } from "vitest";

interface Golden {
  readonly refs: readonly number[];
  readonly timestamps: readonly number[];
  /** Hex words, low and high. */
  readonly values: readonly string[];
  readonly rows: readonly number[];
  readonly items: readonly string[];
  readonly record: readonly string[];
}

const golden = JSON.parse(
  readFileSync(new URL("./histograms-record.json", import.meta.url), "utf8"),
) as Golden;
const words = Uint32Array.from(golden.values, (word) => Number.parseInt(word, 16));
const items = golden.items.map((item) => Uint8Array.fromHex(item));
const count = golden.refs.length;
const column: HistogramColumn = {
  sampleIndex: Uint32Array.from(golden.rows),
  start: Uint32Array.from([0, ...items.map((_, i) => ends(i))]),
  bytes: new Uint8Array(Buffer.concat(items)),
};

function ends(last: number): number {
  return items.slice(0, last + 1).reduce((sum, { length }) => sum + length, 0);
}

function payload(): Uint8Array {
  return Uint8Array.fromHex(golden.record.join(""));
}

test("a record of histograms has these bytes, and they say the samples and the items", () => {
  const room = samplesPayloadBytesMax(count) + histogramsPayloadBytes(column);
  const into = new Uint8Array(room).fill(0xee);
  const samplesBytes = encodeSamples(
    into.subarray(HISTOGRAMS_PREFIX_BYTES),
    Uint32Array.from(golden.refs),
    Float64Array.from(golden.timestamps),
    new Float64Array(words.buffer),
    count,
  );
  const bytes = encodeHistograms(into, samplesBytes, column);
  expect(into.subarray(0, bytes).toHex()).toBe(golden.record.join(""));

  const { samples, histograms } = decodeHistograms(payload());
  expect(histograms).toEqual(column);
  const out = {
    refs: new Uint32Array(count),
    timestamps: new Float64Array(count),
    values: new Float64Array(count),
  };
  decodeSamples(samples, count, out);
  expect([...out.refs]).toEqual(golden.refs);
  expect([...out.timestamps]).toEqual(golden.timestamps);
  expect(new Uint32Array(out.values.buffer)).toEqual(words);
});

const itemsAt = payload().length - column.bytes.length;
test.each([
  ["no bytes", () => new Uint8Array(0), "0 bytes"],
  ["a missing end", (whole: Uint8Array) => whole.slice(0, -8), "items of"],
  ["too much", (whole: Uint8Array) => Uint8Array.of(...whole, ...new Uint8Array(8)), "items of"],
  ["no items", (whole: Uint8Array) => whole.fill(0, 4, 8), "0 items"],
  ["samples beyond it", (whole: Uint8Array) => whole.fill(0xf8, 0, 4), "bytes of samples"],
  [
    "an item without length",
    (whole: Uint8Array) => whole.fill(0, itemsAt, itemsAt + 2),
    "no length",
  ],
  [
    "rows that fall",
    (whole: Uint8Array) => whole.fill(9, itemsAt - 8, itemsAt - 7),
    "out of order",
  ],
])("a record with %s is refused", (_, damage, cause) => {
  expect(() => decodeHistograms(damage(payload()))).toThrow(cause);
});
