/**
 * Functions of instant vectors by name. Those that need more than evaluated arguments (range vector
 * functions, `info`, `scalar`, `vector`, `timestamp` of a selector) have plan nodes of their own.
 */
import { absentOver } from "./absent.ts";
import { inRowSlices } from "../columns/row-slices.ts";
import { ABSENT, emptyMatrix, FLOAT, type SeriesMatrix } from "../columns/series-matrix.ts";
import { timeAt } from "../columns/step-grid.ts";
import { RowList } from "../columns/row-list.ts";
import { EMPTY_LABELS } from "#model/labels.ts";
import { clamp, clampMax, clampMin } from "./clamp.ts";
import { DATE_FUNCTIONS, type DateFunction } from "./date-functions.ts";
import { FLOAT_FUNCTIONS, type FloatFunction } from "./float-functions.ts";
import { HISTOGRAM_FUNCTIONS, type HistogramFunction } from "./histogram-functions.ts";
import { histogramFraction, histogramQuantile, histogramQuantiles } from "./histogram-quantile.ts";
import { labelJoin, labelReplace } from "./label-functions.ts";
import { mapFloats, mapHistograms } from "./map-samples.ts";
import { round } from "./round.ts";
import { sort, sortByLabel, sortByLabelDesc, sortDesc } from "./sort.ts";
import { type VectorCall, type VectorFunction, withoutMetricName } from "./vector-call.ts";

export const VECTOR_FUNCTIONS: ReadonlyMap<string, VectorFunction> = new Map<
  string,
  VectorFunction
>([
  ["absent", absent],
  ["clamp", clamp],
  ["clamp_max", clampMax],
  ["clamp_min", clampMin],
  ["histogram_fraction", histogramFraction],
  ["histogram_quantile", histogramQuantile],
  ["histogram_quantiles", histogramQuantiles],
  ["label_join", labelJoin],
  ["label_replace", labelReplace],
  ["round", round],
  ["sort", sort],
  ["sort_by_label", sortByLabel],
  ["sort_by_label_desc", sortByLabelDesc],
  ["sort_desc", sortDesc],
  // Of anything but a plain selector there are no start timestamps.
  ["start_timestamp", (call) => Promise.resolve(emptyMatrix(call.grid))],
  ["timestamp", stepTimes],
  ...[...FLOAT_FUNCTIONS].map(([name, change]) => [name, ofFloats(change)] as const),
  ...[...HISTOGRAM_FUNCTIONS].map(([name, change]) => [name, ofHistograms(change)] as const),
  ...[...DATE_FUNCTIONS].map(([name, field]) => [name, ofDates(field)] as const),
]);

function absent({ vectors, plan, pace }: VectorCall): Promise<SeriesMatrix> {
  return absentOver(vectors[0]!, plan.absentLabels, pace);
}

function ofFloats(change: FloatFunction): VectorFunction {
  return async (call) =>
    withoutMetricName(await mapFloats(call.vectors[0]!, call.pace, change), call);
}

function ofHistograms(change: HistogramFunction): VectorFunction {
  return async (call) =>
    withoutMetricName(await mapHistograms(call.vectors[0]!, call.pace, change), call);
}

/** Without an argument it is the evaluation time. */
function ofDates(field: DateFunction): VectorFunction {
  return async (call) => {
    const matrix = call.vectors[0];
    if (matrix !== undefined) {
      return withoutMetricName(await mapFloats(matrix, call.pace, field), call);
    }
    const rows = new RowList(call.grid, 1);
    const first = rows.addRow(EMPTY_LABELS, false);
    for (let step = 0; step < call.grid.count; step++) {
      rows.setFloat(first + step, field(Math.trunc(timeAt(call.grid, step) / 1000)));
    }
    return rows.finish();
  };
}

/** Samples that went through an operator carry the time of their step. */
async function stepTimes(call: VectorCall): Promise<SeriesMatrix> {
  const matrix = call.vectors[0]!;
  const { kinds, values, labels, grid } = matrix;
  await inRowSlices(labels.length, grid.count, call.pace, (from, to) => {
    for (let cell = from * grid.count; cell < to * grid.count; cell++) {
      if (kinds[cell] === ABSENT) continue;
      kinds[cell] = FLOAT;
      values[cell] = timeAt(grid, cell % grid.count) / 1000;
    }
  });
  matrix.histograms = null;
  return withoutMetricName(matrix, call);
}
