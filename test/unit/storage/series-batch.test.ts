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
