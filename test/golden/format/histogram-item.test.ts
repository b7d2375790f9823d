/** The bytes of native histograms, and the values that stand for them. */
import { readFileSync } from "node:fs";
import { decodeHistogram } from "#chunk/histogram/decode-histogram.ts";
import { encodeHistogram } from "#chunk/histogram/encode-histogram.ts";
import { writeHistogramTagAt } from "#chunk/histogram/histogram-tag.ts";
import type { CounterResetHint, FloatHistogram, HistogramSpan } from "#model/float-histogram.ts";
import { expect, test } from "vitest";

interface Golden {
  readonly name: string;
  readonly isInteger: boolean;
  readonly histogram: {
    readonly schema: number;
    readonly counterResetHint: CounterResetHint;
    readonly count: number;
    readonly sum: number;
    readonly zeroThreshold: number;
    readonly zeroCount: number;
    readonly positiveSpans: readonly HistogramSpan[];
    readonly positiveBuckets: readonly number[];
    readonly negativeSpans: readonly HistogramSpan[];
    readonly negativeBuckets: readonly number[];
    readonly customValues: readonly number[];
  };
  readonly item: string;
  /** Hex of the value's 64 bits, high word first. */
  readonly tag: string;
}

const goldens = JSON.parse(
  readFileSync(new URL("./histogram-item.json", import.meta.url), "utf8"),
) as readonly Golden[];

function histogramOf({ histogram }: Golden): FloatHistogram {
  return {
    ...histogram,
    stale: false,
    positiveBuckets: Float64Array.from(histogram.positiveBuckets),
    negativeBuckets: Float64Array.from(histogram.negativeBuckets),
    customValues: Float64Array.from(histogram.customValues),
  };
}

test.each(goldens)("$name has these bytes, and they say the histogram", (golden) => {
  const histogram = histogramOf(golden);
  expect(encodeHistogram(histogram, golden.isInteger)!.toHex()).toBe(golden.item);
  expect(decodeHistogram(Uint8Array.fromHex(golden.item))).toEqual(histogram);
});

test.each(goldens)("$name has this value among floats", (golden) => {
  const words = new Uint32Array(2);
  writeHistogramTagAt(words, 0, Uint8Array.fromHex(golden.item));
  const hex = [words[1]!, words[0]!].map((word) => word.toString(16).padStart(8, "0")).join("");
  expect(hex).toBe(golden.tag);
});
