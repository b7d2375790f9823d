/**
 * Counts observations per bucket. A series takes `bounds.length + 2` cells of the column: one count
 * per bound, one for +Inf, and the sum. Counts are per bucket here and cumulated at the scrape.
 */
import type { ValueColumn } from "./value-column.ts";

export class Histogram {
  readonly #column: ValueColumn;
  readonly #first: number;
  readonly #bounds: Float64Array;

  constructor(column: ValueColumn, first: number, bounds: Float64Array) {
    this.#column = column;
    this.#first = first;
    this.#bounds = bounds;
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    // A handful of bounds: a linear walk beats a binary search, and NaN ends in +Inf.
    let bucket = 0;
    while (bucket < bounds.length && !(value <= bounds[bucket]!)) bucket += 1;
    const { values } = this.#column;
    values[this.#first + bucket]! += 1;
    values[this.#first + bounds.length + 1]! += value;
  }
}
