/**
 * Shared by `sum` and `avg`, which take floats or histograms but not both in one group: walks the
 * input, keeps what each cell has seen, and writes the results of the cells that are sound.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { compactHistogram } from "#model/histogram/compact-histogram.ts";
import { ADD_BOUNDS_RECONCILED, ADD_INCOMPATIBLE } from "#model/histogram/histogram-accumulator.ts";
import { type Labels, labelValue, METRIC_NAME } from "#model/labels.ts";
import { HISTOGRAM_UNITS } from "../columns/cell-units.ts";
import { inRowSlices } from "../columns/row-slices.ts";
import { ABSENT, FLOAT, type SeriesMatrix } from "../columns/series-matrix.ts";
import * as findings from "../findings.ts";
import type { FoldInput, GroupFold } from "./group-fold.ts";

/** A running total of histograms; `add` returns a set of `ADD_...` bits. */
export interface HistogramTotal {
  add(histogram: FloatHistogram): number;
  toHistogram(): FloatHistogram;
}

/** Cells without histograms. */
export type FloatCells = Pick<SeriesMatrix, "kinds" | "values">;

/** Running totals of floats, one per cell. */
export interface FloatTotals {
  /** Makes room for cells below `cells`, those there are staying as they are. */
  grow(cells: number): void;
  add(cell: number, value: number): void;
  /** As `add` for the floats among `count` cells of `matrix`, from `from` on. */
  addFloats(cell: number, matrix: FloatCells, from: number, count: number): void;
  result(cell: number): number;
}

const SEEN_FLOAT = 1;
const SEEN_HISTOGRAM = 2;
const INCOMPATIBLE = 4;
const HINT_RESET = 8;
const HINT_NOT_RESET = 16;

export class MixedGroupFold implements GroupFold {
  readonly #input: FoldInput;
  readonly #floats: FloatTotals;
  /** A total that begins with its first histogram. */
  readonly #startTotal: (first: FloatHistogram) => HistogramTotal;
  #state = new Uint8Array(0);
  readonly #totals: Map<number, HistogramTotal> = new Map();

  constructor(
    input: FoldInput,
    floats: FloatTotals,
    startTotal: (first: FloatHistogram) => HistogramTotal,
  ) {
    this.#input = input;
    this.#floats = floats;
    this.#startTotal = startTotal;
  }

  async add(matrix: SeriesMatrix, ofRow: Int32Array): Promise<void> {
    const { pace } = this.#input;
    const steps = matrix.grid.count;
    this.#grow();
    // Where histograms were met, floats may count no more.
    if (matrix.histograms === null && this.#totals.size === 0) {
      await inRowSlices(ofRow.length, steps, pace, (from, to) => {
        this.#addFloatRows(matrix, ofRow, from, to);
      });
      return;
    }
    for (let row = 0; row < ofRow.length; row++) {
      const to = ofRow[row]! * steps;
      for (let step = 0; step < steps; step++) {
        const units = this.#addCell(matrix, row, row * steps + step, to + step);
        if (pace.spend(units)) await pace.pause();
      }
    }
  }

  #grow(): void {
    const cells = this.#input.rows.values.length;
    if (this.#state.length >= cells) return;
    const state = new Uint8Array(cells);
    state.set(this.#state);
    this.#state = state;
    this.#floats.grow(cells);
  }

  #addFloatRows(matrix: SeriesMatrix, ofRow: Int32Array, fromRow: number, toRow: number): void {
    const { kinds, grid } = matrix;
    const state = this.#state;
    for (let row = fromRow; row < toRow; row++) {
      const from = row * grid.count;
      const to = ofRow[row]! * grid.count;
      this.#floats.addFloats(to, matrix, from, grid.count);
      for (let step = 0; step < grid.count; step++) {
        if (kinds[from + step] === FLOAT) state[to + step]! |= SEEN_FLOAT;
      }
    }
  }

  /** Returns what it cost. */
  #addCell(matrix: SeriesMatrix, row: number, cell: number, to: number): number {
    const kind = matrix.kinds[cell];
    if (kind === ABSENT) return 1;
    if (kind === FLOAT) {
      this.#addFloat(to, matrix.values[cell]!);
      return 1;
    }
    this.#addHistogram(to, matrix.histograms![cell]!, matrix.labels[row]!);
    return HISTOGRAM_UNITS;
  }

  #addFloat(cell: number, value: number): void {
    const state = this.#state[cell]!;
    if ((state & INCOMPATIBLE) !== 0) return;
    this.#floats.add(cell, value);
    this.#state[cell] = state | SEEN_FLOAT;
  }

  #addHistogram(cell: number, histogram: FloatHistogram, labels: Labels): void {
    const state = this.#state[cell]!;
    if ((state & INCOMPATIBLE) !== 0) return;
    this.#state[cell] = state | SEEN_HISTOGRAM;
    const total = this.#totals.get(cell);
    // A group that begins with a float gives nothing, and finds nothing out either.
    if (total === undefined && (state & SEEN_FLOAT) !== 0) return;
    if (histogram.counterResetHint === "reset") this.#state[cell]! |= HINT_RESET;
    if (histogram.counterResetHint === "not_reset") this.#state[cell]! |= HINT_NOT_RESET;
    if (total === undefined) {
      this.#totals.set(cell, this.#startTotal(histogram));
      return;
    }
    const { annotations, plan } = this.#input;
    const outcome = total.add(histogram);
    if ((outcome & ADD_INCOMPATIBLE) !== 0) {
      const name = labelValue(labels, METRIC_NAME);
      annotations.warn(findings.mixedExponentialCustom(name), plan.exprRange);
      this.#state[cell]! |= INCOMPATIBLE;
    }
    if ((outcome & ADD_BOUNDS_RECONCILED) !== 0) {
      annotations.info(findings.boundsReconciled("aggregation"), plan.exprRange);
    }
  }

  async finish(): Promise<void> {
    const { annotations, plan, pace, rows } = this.#input;
    this.#grow();
    for (let cell = 0; cell < this.#state.length; cell++) {
      const state = this.#state[cell]!;
      if (state === 0) continue;
      if ((state & SEEN_FLOAT) !== 0 && (state & SEEN_HISTOGRAM) !== 0) {
        annotations.warn(findings.mixedFloatsHistogramsAggregation(), plan.exprRange);
        continue;
      }
      if ((state & INCOMPATIBLE) !== 0) continue;
      if ((state & SEEN_FLOAT) !== 0) {
        rows.setFloat(cell, this.#floats.result(cell));
        if (pace.spend(1)) await pace.pause();
        continue;
      }
      rows.setHistogram(cell, compactHistogram(this.#totals.get(cell)!.toHistogram()));
      if ((state & HINT_RESET) !== 0 && (state & HINT_NOT_RESET) !== 0) {
        annotations.warn(findings.counterResetCollision("aggregation"), plan.exprRange);
      }
      if (pace.spend(HISTOGRAM_UNITS)) await pace.pause();
    }
  }
}
