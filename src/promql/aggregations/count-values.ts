/** `count_values`: how many series of a group have each value, the value as a label. */
import { formatFloat } from "#model/format-float.ts";
import { formatHistogram } from "#model/histogram/format-histogram.ts";
import { type Labels, labelsKey } from "#model/labels.ts";
import { quote } from "../parse/go-quote.ts";
import { withLabel } from "../columns/label-edit.ts";
import { RowList } from "../columns/row-list.ts";
import { inRowSlices } from "../columns/row-slices.ts";
import { ABSENT, FLOAT } from "../columns/series-matrix.ts";
import { executionError } from "../query-errors.ts";
import type { Aggregation } from "./aggregation.ts";
import { groupLabels } from "./group-table.ts";

/** Cost of a value as text and as label, in cells. */
const TEXT_UNITS = 128;

export const countValues: Aggregation = async ({ plan, matrix, pace, budget }) => {
  const { valueLabel, without } = plan;
  if (valueLabel === "" || !valueLabel.isWellFormed()) {
    throw executionError(`invalid label name ${quote(valueLabel)}`);
  }
  const grouping = without ? plan.grouping : [...plan.grouping, valueLabel];
  const steps = matrix.grid.count;
  const rows = new RowList(matrix.grid, 0, budget);
  const firstCells = new Map<string, number>();
  const firstCellOf = (labels: Labels): number => {
    const key = labelsKey(labels);
    let first = firstCells.get(key);
    if (first === undefined) firstCells.set(key, (first = rows.addRow(labels, false)));
    return first;
  };
  const countRow = (row: number): void => {
    const labels = matrix.labels[row]!;
    for (let step = 0; step < steps; step++) {
      const cell = row * steps + step;
      if (matrix.kinds[cell] === ABSENT) continue;
      const text =
        matrix.kinds[cell] === FLOAT
          ? formatFloat(matrix.values[cell]!)
          : formatHistogram(matrix.histograms![cell]!);
      const counted = groupLabels(withLabel(labels, valueLabel, text), grouping, without);
      const to = firstCellOf(counted) + step;
      rows.setFloat(to, rows.values[to]! + 1);
    }
  };
  await inRowSlices(matrix.labels.length, steps * TEXT_UNITS, pace, (from, to) => {
    for (let row = from; row < to; row++) countRow(row);
  });
  return rows.finish();
};
