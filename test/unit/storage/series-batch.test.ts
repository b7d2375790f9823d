import { encodeHistogram } from "#chunk/histogram/encode-histogram.ts";
import { writeHistogramTagAt } from "#chunk/histogram/histogram-tag.ts";
import type { CounterResetHint, FloatHistogram } from "#model/float-histogram.ts";
import { makeHistogram } from "#model/histogram/make-histogram.ts";
import { encodeLabels } from "#model/canonical-labels.ts";
import { labelsOf } from "#model/labels.ts";
import { isStaleAt, wordsOf, writeStaleAt } from "#model/staleness.ts";
import type { SeriesSlice } from "#storage/read-view.ts";
import { seriesBatchOf } from "#storage/series-batch.ts";
import { expect, test } from "vitest";

test("decodes the labels of each series and keeps the columns", () => {
  const sets = [labelsOf([["a", "1"]]), labelsOf([]), labelsOf([["__name__", "up"]])];
  const parts = sets.map((labels) => encodeLabels(labels));
  const labelStart = new Uint32Array([0, 4, 4, 4 + parts[2]!.length]);
  const labelBytes = new Uint8Array(labelStart[3]!);
  parts.forEach((part, i) => labelBytes.set(part, labelStart[i]));
  const values = new Float64Array([1, 0, -0]);
  writeStaleAt(values, 1);
  const slice: SeriesSlice = {
    seriesCount: 3,
    labelStart,
    labelBytes,
    sampleStart: new Uint32Array([0, 2, 2, 3]),
    timestamps: new Float64Array([10, 20, 10]),
    values,
    histograms: null,
  };
  const batch = seriesBatchOf(slice);
  expect(batch.labels).toEqual(sets);
  expect(batch.sampleStart).toBe(slice.sampleStart);
  expect(batch.timestamps).toBe(slice.timestamps);
  expect(isStaleAt(wordsOf(batch.values), 1)).toBe(true);
  expect(batch.histograms).toBeNull();
});

test("decodes histograms to their samples, whose values become 0", () => {
  const histogram: FloatHistogram = {
    schema: 1,
    counterResetHint: "gauge",
    count: 7.5,
    sum: -3,
    stale: false,
    zeroThreshold: 0.5,
    zeroCount: 1.5,
    positiveSpans: [{ offset: -2, length: 2 }],
    positiveBuckets: Float64Array.of(4, 2),
    negativeSpans: [],
    negativeBuckets: new Float64Array(0),
    customValues: new Float64Array(0),
  };
  const bytes = encodeHistogram(histogram, false)!;
  const values = new Float64Array([1, 0, 2, 0]);
  for (const row of [1, 3]) writeHistogramTagAt(wordsOf(values), row, bytes);
  // The last one is a float that only looks like a histogram.
  const looks = wordsOf(values).slice(6);
  const slice: SeriesSlice = {
    seriesCount: 1,
    labelStart: new Uint32Array(2),
    labelBytes: new Uint8Array(0),
    sampleStart: new Uint32Array([0, 4]),
    timestamps: new Float64Array([10, 20, 30, 40]),
    values,
    histograms: {
      sampleIndex: new Uint32Array([1]),
      start: new Uint32Array([0, bytes.length]),
      bytes,
    },
  };
  const batch = seriesBatchOf(slice);
  expect(batch.histograms).toEqual([null, histogram, null, null]);
  expect([...batch.values.subarray(0, 3)]).toEqual([1, 0, 2]);
  expect(wordsOf(batch.values).slice(6)).toEqual(looks);
});

test("a run of counters is not reset behind its first, whatever the sender said", () => {
  const counter = (count: number, counterResetHint: CounterResetHint): FloatHistogram =>
    makeHistogram({ count, counterResetHint, zeroCount: count, zeroThreshold: 0.1 });
  const all = [
    counter(1, "not_reset"),
    counter(2, "unknown"),
    counter(1, "unknown"),
    counter(2, "reset"),
    counter(3, "not_reset"),
    // Of the next series.
    counter(4, "unknown"),
    counter(5, "gauge"),
    counter(6, "unknown"),
  ];
  const items = all.map((histogram) => encodeHistogram(histogram, true)!);
  const batch = seriesBatchOf({
    seriesCount: 2,
    labelStart: new Uint32Array(3),
    labelBytes: new Uint8Array(0),
    sampleStart: new Uint32Array([0, 5, 8]),
    timestamps: Float64Array.from(all, (_, i) => i),
    values: new Float64Array(8),
    histograms: {
      sampleIndex: Uint32Array.from(all, (_, i) => i),
      start: Uint32Array.from([0, ...items].map((_, i) => items[0]!.length * i)),
      bytes: new Uint8Array(Buffer.concat(items)),
    },
  });
  expect(batch.histograms!.map((histogram) => histogram!.counterResetHint)).toEqual([
    ...["unknown", "not_reset", "unknown", "unknown", "not_reset"],
    ...["unknown", "gauge", "unknown"],
  ]);
});
