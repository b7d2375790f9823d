/** Runs a function over the samples of one type, in place; samples of the other type are dropped. */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { HISTOGRAM_UNITS } from "../columns/cell-units.ts";
import { inRowSlices } from "../columns/row-slices.ts";
import { ABSENT, FLOAT, HISTOGRAM, type SeriesMatrix } from "../columns/series-matrix.ts";
import type { Pace } from "../pace.ts";

export async function mapFloats(
  matrix: SeriesMatrix,
  pace: Pace,
  change: (value: number, step: number) => number,
): Promise<SeriesMatrix> {
  const { kinds, values, labels } = matrix;
  const { count } = matrix.grid;
  await inRowSlices(labels.length, count, pace, (from, to) => {
    for (let cell = from * count, step = 0; cell < to * count; cell++) {
      if (kinds[cell] === FLOAT) values[cell] = change(values[cell]!, step);
      else kinds[cell] = ABSENT;
      if (++step === count) step = 0;
    }
  });
  matrix.histograms = null;
  return matrix;
}

export async function mapHistograms(
  matrix: SeriesMatrix,
  pace: Pace,
  change: (histogram: FloatHistogram) => number,
): Promise<SeriesMatrix> {
  const { kinds, values, histograms, labels } = matrix;
  const { count } = matrix.grid;
  await inRowSlices(labels.length, count * HISTOGRAM_UNITS, pace, (from, to) => {
    for (let cell = from * count; cell < to * count; cell++) {
      if (kinds[cell] !== HISTOGRAM) {
        kinds[cell] = ABSENT;
        continue;
      }
      values[cell] = change(histograms![cell]!);
      kinds[cell] = FLOAT;
    }
  });
  matrix.histograms = null;
  return matrix;
}
