/**
 * An instant vector over steps: one row per series, one cell per step. `kinds` says what a cell
 * holds; float cells have their value in `values`, histogram cells theirs in `histograms`. Cell of
 * (row, step) = row * steps + step. A matrix belongs to whoever evaluated it and may be changed in
 * place by its one consumer.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import type { Labels } from "#model/labels.ts";
import type { StepGrid } from "./step-grid.ts";

export const ABSENT = 0;
export const FLOAT = 1;
export const HISTOGRAM = 2;

export interface SeriesMatrix {
  readonly grid: StepGrid;
  /** One per row. */
  readonly labels: Labels[];
  /** Per row 1 when the metric name goes once the result is complete (delayed name removal). */
  readonly dropName: Uint8Array;
  /** Presence and type of each cell: ABSENT, FLOAT or HISTOGRAM. */
  readonly kinds: Uint8Array;
  readonly values: Float64Array;
  /** Per cell; null when no cell is a histogram. */
  histograms: (FloatHistogram | null)[] | null;
  /** The order of the rows means something (`sort`, `topk`) and must be kept in an instant answer. */
  readonly ordered: boolean;
}

export function emptyMatrix(grid: StepGrid): SeriesMatrix {
  return {
    grid,
    labels: [],
    dropName: new Uint8Array(0),
    kinds: new Uint8Array(0),
    values: new Float64Array(0),
    histograms: null,
    ordered: false,
  };
}

/** True when row `row` has a sample at any step. */
export function rowHasSamples(matrix: SeriesMatrix, row: number): boolean {
  const { count } = matrix.grid;
  const end = (row + 1) * count;
  for (let cell = row * count; cell < end; cell++) if (matrix.kinds[cell] !== ABSENT) return true;
  return false;
}
