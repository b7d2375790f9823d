/**
 * Collects output samples by label set: rows with equal labels are one series, and two samples of
 * one series at one step are the error Prometheus has for it. For operators whose output labels
 * are not one row each from an input row.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { labelsKey, type Labels } from "#model/labels.ts";
import type { Budget } from "../budget.ts";
import type { Pace } from "../pace.ts";
import { duplicateSeriesError } from "../query-errors.ts";
import { RowList } from "./row-list.ts";
import { dropEmptyRows } from "./pick-rows.ts";
import { ABSENT, type SeriesMatrix } from "./series-matrix.ts";
import type { StepGrid } from "./step-grid.ts";

export class MatrixBuilder {
  readonly #rows: RowList;
  readonly #firstCells: Map<string, number> = new Map();

  constructor(grid: StepGrid, rowsExpected: number = 0, budget: Budget | null = null) {
    this.#rows = new RowList(grid, rowsExpected, budget);
  }

  /** First cell of the series with these labels; `dropName` counts when it is new. */
  row(labels: Labels, dropName: boolean): number {
    const key = labelsKey(labels);
    let first = this.#firstCells.get(key);
    if (first === undefined) {
      first = this.#rows.addRow(labels, dropName);
      this.#firstCells.set(key, first);
    }
    return first;
  }

  setFloat(cell: number, value: number): void {
    if (this.#rows.kinds[cell] !== ABSENT) throw duplicateSeriesError();
    this.#rows.setFloat(cell, value);
  }

  setHistogram(cell: number, histogram: FloatHistogram): void {
    if (this.#rows.kinds[cell] !== ABSENT) throw duplicateSeriesError();
    this.#rows.setHistogram(cell, histogram);
  }

  /** Copies one cell of another matrix. */
  copy(cell: number, from: SeriesMatrix, fromCell: number): void {
    const histogram = from.histograms?.[fromCell] ?? null;
    if (histogram === null) this.setFloat(cell, from.values[fromCell]!);
    else this.setHistogram(cell, histogram);
  }

  /** Rows in order of their first mention, without those that got no sample. */
  finish(pace: Pace, ordered: boolean = false): Promise<SeriesMatrix> {
    return dropEmptyRows(this.#rows.finish(ordered), pace);
  }
}
