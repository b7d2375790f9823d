/** Runs a function over the samples of one type, in place; samples of the other type are dropped. */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { ABSENT, FLOAT, HISTOGRAM, type SeriesMatrix } from "../columns/series-matrix.ts";

export function mapFloats(
  matrix: SeriesMatrix,
  change: (value: number, step: number) => number,
): SeriesMatrix {
  const { kinds, values, grid } = matrix;
  for (let cell = 0, step = 0; cell < kinds.length; cell++) {
    if (kinds[cell] === FLOAT) values[cell] = change(values[cell]!, step);
    else kinds[cell] = ABSENT;
    if (++step === grid.count) step = 0;
  }
  matrix.histograms = null;
  return matrix;
}

export function mapHistograms(
  matrix: SeriesMatrix,
  change: (histogram: FloatHistogram) => number,
): SeriesMatrix {
  const { kinds, values, histograms } = matrix;
  for (let cell = 0; cell < kinds.length; cell++) {
    if (kinds[cell] !== HISTOGRAM) {
      kinds[cell] = ABSENT;
      continue;
    }
    values[cell] = change(histograms![cell]!);
    kinds[cell] = FLOAT;
  }
  matrix.histograms = null;
  return matrix;
}
