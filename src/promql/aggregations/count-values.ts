/** `count_values`: how many series of a group have each value, the value as a label. */
import { formatFloat } from "#model/format-float.ts";
import { formatHistogram } from "#model/histogram/format-histogram.ts";
import { type Labels, labelsKey } from "#model/labels.ts";
import { quote } from "../parse/go-quote.ts";
import { withLabel } from "../columns/label-edit.ts";
import { CELL_BYTES, RowList } from "../columns/row-list.ts";
import { inRowSlices } from "../columns/row-slices.ts";
import { ABSENT, FLOAT } from "../columns/series-matrix.ts";
import { executionError } from "../query-errors.ts";
import type { Aggregation } from "./aggregation.ts";
import { groupLabels } from "./group-table.ts";

/** Cost of a value as text and as label, in cells. */
const TEXT_UNITS = 128;
/** Cost of a count, in cells: rows are far apart, so most touch memory for the first time. */
const COUNT_UNITS = 256;

export const countValues: Aggregation = async ({ plan, matrix, pace, budget }) => {
  const { valueLabel, without } = plan;
  if (valueLabel === "" || !valueLabel.isWellFormed()) {
    throw executionError(`invalid label name ${quote(valueLabel)}`);
  }
  const grouping = without ? plan.grouping : [...plan.grouping, valueLabel];
  const { grid, kinds, values, histograms } = matrix;
  const cells = matrix.labels.length * grid.count;
  const counted: Labels[] = [];
  const ordinals = new Map<string, number>();
  const ordinalOf = (cell: number): number => {
    const text =
      kinds[cell] === FLOAT ? formatFloat(values[cell]!) : formatHistogram(histograms![cell]!);
    const row = matrix.labels[Math.floor(cell / grid.count)]!;
    const labels = groupLabels(withLabel(row, valueLabel, text), grouping, without);
    const key = labelsKey(labels);
    let ordinal = ordinals.get(key);
    if (ordinal === undefined) {
      ordinals.set(key, (ordinal = counted.length));
      counted.push(labels);
      budget.holdBytes(grid.count * CELL_BYTES);
    }
    return ordinal;
  };
  // First which rows there are, so that their cells are allocated once and never move.
  const rowOf = new Int32Array(cells);
  await inRowSlices(cells, TEXT_UNITS, pace, (from, to) => {
    for (let cell = from; cell < to; cell++) {
      if (kinds[cell] !== ABSENT) rowOf[cell] = ordinalOf(cell);
    }
  });
  const rows = new RowList(grid, counted.length);
  for (const labels of counted) rows.addRow(labels, false);
  await inRowSlices(cells, COUNT_UNITS, pace, (from, to) => {
    for (let cell = from; cell < to; cell++) {
      if (kinds[cell] === ABSENT) continue;
      const at = rowOf[cell]! * grid.count + (cell % grid.count);
      rows.setFloat(at, rows.values[at]! + 1);
    }
  });
  return rows.finish();
};
