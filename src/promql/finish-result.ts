/**
 * From evaluated columns to the answer: names whose removal was put off go, series that become equal
 * merge, and everything without an order of its own is put into label order.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { compareLabels, type Labels, labelsKey } from "#model/labels.ts";
import { dropMetricLabels } from "./columns/label-edit.ts";
import { mergeEqualRows } from "./columns/merge-rows.ts";
import { sortInSlices } from "./columns/sort-in-slices.ts";
import { dropEmptyRows, pickRows } from "./columns/pick-rows.ts";
import { ABSENT, type SeriesMatrix } from "./columns/series-matrix.ts";
import { timeAt } from "./columns/step-grid.ts";
import { inRowSlices } from "./columns/row-slices.ts";
import type { Pace } from "./pace.ts";
import type { RangeRow } from "./operators/range-result.ts";
import { duplicateSeriesError } from "./query-errors.ts";
import type { MatrixResult, VectorResult } from "./query-result.ts";

export type VectorColumns = Pick<VectorResult, "labels" | "values" | "histograms">;
export type MatrixColumns = Pick<
  MatrixResult,
  "labels" | "sampleStart" | "timestamps" | "values" | "histograms"
>;

/** Cost of new labels for a row, in cells. */
const RENAME_UNITS = 64;

/** Carries out the name removal that operators have only marked. */
export async function removeMarkedNames(matrix: SeriesMatrix, pace: Pace): Promise<SeriesMatrix> {
  const { labels, dropName } = matrix;
  await inRowSlices(labels.length, RENAME_UNITS, pace, (from, to) => {
    for (let row = from; row < to; row++) {
      if (dropName[row] === 1) labels[row] = dropMetricLabels(labels[row]!);
    }
  });
  return mergeEqualRows(matrix, pace);
}

/** The single step of an instant query. */
export async function vectorColumns(matrix: SeriesMatrix, pace: Pace): Promise<VectorColumns> {
  const present = await dropEmptyRows(matrix, pace);
  const sorted = matrix.ordered ? present : await inLabelOrder(present, pace);
  const { labels, values, histograms } = sorted;
  return { labels, values, histograms };
}

/** The steps of a range query. */
export async function stepColumns(matrix: SeriesMatrix, pace: Pace): Promise<MatrixColumns> {
  const sorted = await inLabelOrder(await dropEmptyRows(matrix, pace), pace);
  const { grid, kinds, labels } = sorted;
  const sampleStart = new Uint32Array(labels.length + 1);
  await inRowSlices(labels.length, grid.count, pace, (from, to) => {
    for (let row = from; row < to; row++) {
      const end = (row + 1) * grid.count;
      let samples = 0;
      for (let cell = end - grid.count; cell < end; cell++) if (kinds[cell] !== ABSENT) samples++;
      sampleStart[row + 1] = sampleStart[row]! + samples;
    }
  });
  const total = sampleStart[labels.length]!;
  const timestamps = new Float64Array(total);
  const values = new Float64Array(total);
  const histograms: (FloatHistogram | null)[] | null = sorted.histograms === null ? null : [];
  let at = 0;
  await inRowSlices(labels.length, grid.count, pace, (from, to) => {
    for (let cell = from * grid.count; cell < to * grid.count; cell++) {
      if (kinds[cell] === ABSENT) continue;
      timestamps[at] = timeAt(grid, cell % grid.count);
      values[at++] = sorted.values[cell]!;
      histograms?.push(sorted.histograms![cell] ?? null);
    }
  });
  return { labels, sampleStart, timestamps, values, histograms };
}

/** The samples of a range vector; `removesNames` as in `removeMarkedNames`. */
export function rangeColumns(rows: readonly RangeRow[], removesNames: boolean): MatrixColumns {
  const named = rows.map((row) => ({
    ...row,
    labels: removesNames && row.dropName ? dropMetricLabels(row.labels) : row.labels,
  }));
  named.sort((a, b) => compareLabels(a.labels, b.labels));
  assertDistinct(named.map((row) => row.labels));
  const sampleStart = new Uint32Array(named.length + 1);
  named.forEach((row, i) => {
    sampleStart[i + 1] = sampleStart[i]! + row.times.length;
  });
  const timestamps = new Float64Array(sampleStart[named.length]!);
  const values = new Float64Array(timestamps.length);
  const histograms: (FloatHistogram | null)[] = [];
  named.forEach((row, i) => {
    timestamps.set(row.times, sampleStart[i]!);
    values.set(row.values, sampleStart[i]!);
    for (let at = 0; at < row.times.length; at++) histograms.push(row.histograms?.[at] ?? null);
  });
  const anyHistogram = histograms.some((histogram) => histogram !== null);
  const labels = named.map((row) => row.labels);
  return { labels, sampleStart, timestamps, values, histograms: anyHistogram ? histograms : null };
}

function assertDistinct(labels: readonly Labels[]): void {
  if (new Set(labels.map(labelsKey)).size !== labels.length) throw duplicateSeriesError();
}

async function inLabelOrder(matrix: SeriesMatrix, pace: Pace): Promise<SeriesMatrix> {
  const { labels } = matrix;
  const isSorted = labels.every((row, i) => i === 0 || compareLabels(labels[i - 1]!, row) <= 0);
  if (isSorted) return matrix;
  const rows = labels.map((_, row) => row);
  const order = (a: number, b: number): number => compareLabels(labels[a]!, labels[b]!);
  return pickRows(matrix, await sortInSlices(rows, order, pace), pace);
}
