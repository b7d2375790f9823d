/**
 * Means of floats, one per cell: the compensated sum divided at the end. A cell whose sum overflows
 * goes on as a running mean.
 */
import { FLOAT } from "../columns/series-matrix.ts";
import { grownTo } from "./group-fold.ts";
import type { FloatCells } from "./mixed-fold.ts";

export class CompensatedMeans {
  /** Sums, or means where `#running` is 1. */
  #totals: Float64Array = new Float64Array(0);
  #lost: Float64Array = new Float64Array(0);
  #counts: Float64Array = new Float64Array(0);
  #running: Float64Array = new Float64Array(0);

  grow(cells: number): void {
    this.#totals = grownTo(this.#totals, cells);
    this.#lost = grownTo(this.#lost, cells);
    this.#counts = grownTo(this.#counts, cells);
    this.#running = grownTo(this.#running, cells);
  }

  add(cell: number, value: number): void {
    const totals = this.#totals;
    const count = ++this.#counts[cell]!;
    if (count === 1) {
      totals[cell] = value;
      return;
    }
    if (this.#running[cell] === 0) {
      if (Math.abs(totals[cell]! + value) !== Infinity) {
        this.#addTo(cell, value);
        return;
      }
      this.#running[cell] = 1;
      totals[cell]! /= count - 1;
      this.#lost[cell]! /= count - 1;
    }
    const weight = (count - 1) / count;
    totals[cell]! *= weight;
    this.#lost[cell]! *= weight;
    this.#addTo(cell, value / count);
  }

  /** As `add` for the floats among `count` cells of `matrix`, from `from` on. */
  addFloats(cell: number, { kinds, values }: FloatCells, from: number, count: number): void {
    for (let step = 0; step < count; step++) {
      if (kinds[from + step] === FLOAT) this.add(cell + step, values[from + step]!);
    }
  }

  result(cell: number): number {
    const total = this.#totals[cell]!;
    const lost = this.#lost[cell]!;
    if (this.#running[cell] === 1) return total + lost;
    const count = this.#counts[cell]!;
    return total / count + lost / count;
  }

  #addTo(cell: number, value: number): void {
    const totals = this.#totals;
    const lost = this.#lost;
    const before = totals[cell]!;
    const total = before + value;
    if (total === Infinity || total === -Infinity) lost[cell] = 0;
    else if (Math.abs(before) >= Math.abs(value)) lost[cell]! += before - total + value;
    else lost[cell]! += value - total + before;
    totals[cell] = total;
  }
}
