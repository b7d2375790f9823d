/**
 * A `SeriesMatrix` in the making: rows are appended, cells of any row can be written until
 * `finish`. Arrays grow by doubling, so a hot loop takes `values` and `kinds` after `addRow` and
 * not before.
 */
import { assert } from "#base/assert.ts";
import type { FloatHistogram } from "#model/float-histogram.ts";
import type { Labels } from "#model/labels.ts";
import type { Budget } from "../budget.ts";
import { ABSENT, FLOAT, HISTOGRAM, type SeriesMatrix } from "./series-matrix.ts";
import type { StepGrid } from "./step-grid.ts";

/** Cells to begin with: an instant query over a thousand series grows once. */
const CELLS_MIN = 512;
/** Bytes per cell: a value and a kind. */
export const CELL_BYTES = 9;

export class RowList {
  readonly grid: StepGrid;
  labels: Labels[] = [];
  values: Float64Array;
  kinds: Uint8Array;
  histograms: (FloatHistogram | null)[] | null = null;
  #dropName: number[] = [];
  readonly #budget: Budget | null;

  /** A budget is needed where the number of rows is not bounded by the input. */
  constructor(grid: StepGrid, rowsExpected: number = 0, budget: Budget | null = null) {
    this.grid = grid;
    this.#budget = budget;
    const cells = Math.max(CELLS_MIN, rowsExpected * grid.count);
    this.values = new Float64Array(cells);
    this.kinds = new Uint8Array(cells);
  }

  get rowCount(): number {
    return this.labels.length;
  }

  /** Appends an empty row and returns the index of its first cell. */
  addRow(labels: Labels, dropName: boolean): number {
    const { count } = this.grid;
    const first = this.labels.length * count;
    if (first + count > this.values.length) this.#grow(first + count);
    this.labels.push(labels);
    this.#dropName.push(dropName ? 1 : 0);
    return first;
  }

  /** Takes back the last row, which must still be empty. */
  removeEmptyRow(): void {
    this.labels.pop();
    this.#dropName.pop();
  }

  dropsName(row: number): boolean {
    return this.#dropName[row] === 1;
  }

  /** Says later than `addRow` that the row loses its name. */
  dropName(row: number): void {
    this.#dropName[row] = 1;
  }

  /** True when the row that begins at `first` has any sample. */
  hasSamples(first: number): boolean {
    for (let i = 0; i < this.grid.count; i++) if (this.kinds[first + i] !== ABSENT) return true;
    return false;
  }

  setFloat(cell: number, value: number): void {
    this.kinds[cell] = FLOAT;
    this.values[cell] = value;
  }

  setHistogram(cell: number, histogram: FloatHistogram): void {
    this.kinds[cell] = HISTOGRAM;
    this.histograms ??= [];
    this.histograms[cell] = histogram;
  }

  finish(ordered: boolean = false): SeriesMatrix {
    const cells = this.labels.length * this.grid.count;
    return {
      grid: this.grid,
      labels: this.labels,
      dropName: Uint8Array.from(this.#dropName),
      kinds: this.kinds.subarray(0, cells),
      values: this.values.subarray(0, cells),
      histograms: this.histograms === null ? null : padded(this.histograms, cells),
      ordered,
    };
  }

  /** Begins anew in the same memory: what `finish` gave is not looked at any more. */
  clear(): void {
    this.kinds.fill(ABSENT, 0, this.labels.length * this.grid.count);
    this.labels = [];
    this.#dropName = [];
    this.histograms = null;
  }

  #grow(cells: number): void {
    const capacity = Math.max(cells, this.values.length * 2);
    // Before it is allocated: the new arrays and, while they are copied, the old ones.
    this.#budget?.holdBytes((capacity - this.values.length) * CELL_BYTES);
    assert(cells < 2 ** 32, () => `rows: ${cells} cells, want less than 2^32`);
    const values = new Float64Array(capacity);
    values.set(this.values);
    this.values = values;
    const kinds = new Uint8Array(capacity);
    kinds.set(this.kinds);
    this.kinds = kinds;
  }
}

/** Fills the holes of a sparsely written array, so that it is dense for its readers. */
function padded(
  sparse: readonly (FloatHistogram | null)[],
  cells: number,
): (FloatHistogram | null)[] {
  const dense: (FloatHistogram | null)[] = [];
  for (let cell = 0; cell < cells; cell++) dense.push(sparse[cell] ?? null);
  return dense;
}
