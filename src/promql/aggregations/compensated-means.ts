/**
 * Means of floats, one per cell: the compensated sum divided at the end. A cell whose sum overflows
 * goes on as a running mean.
 */
import { FLOAT } from "../columns/series-matrix.ts";
import { grownTo } from "./group-fold.ts";
import type { FloatCells } from "./mixed-fold.ts";

type Columns = readonly Float64Array<ArrayBuffer>[];

export class CompensatedMeans {
  /** Sums, or means where `#running` is 1. */
  #totals: Float64Array<ArrayBuffer>;
  #lost: Float64Array<ArrayBuffer>;
  #counts: Float64Array<ArrayBuffer>;
  #running: Float64Array<ArrayBuffer>;

  /** Goes on with the columns of another one. */
  constructor([totals, lost, counts, running]: Columns = []) {
    this.#totals = totals ?? new Float64Array(0);
    this.#lost = lost ?? new Float64Array(0);
    this.#counts = counts ?? new Float64Array(0);
    this.#running = running ?? new Float64Array(0);
  }

  get columns(): Columns {
    return [this.#totals, this.#lost, this.#counts, this.#running];
  }

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

  /** Adds what `count` cells of other means hold, from `from` on. */
  merge(cell: number, other: Columns, from: number, count: number): void {
    for (let step = 0; step < count; step++) this.#mergeCell(cell + step, other, from + step);
  }

  #mergeCell(cell: number, [totals, lost, counts, running]: Columns, from: number): void {
    const count = this.#counts[cell]!;
    const otherCount = counts![from]!;
    if (otherCount === 0) return;
    const isRunning = this.#running[cell] === 1;
    const isOtherRunning = running![from] === 1;
    const total = totals![from]!;
    const all = count + otherCount;
    this.#counts[cell] = all;
    const fits = Math.abs(this.#totals[cell]! + total) !== Infinity;
    if (count === 0 || (fits && !isRunning && !isOtherRunning)) {
      this.#addTo(cell, total);
      this.#lost[cell]! += lost![from]!;
      this.#running[cell] = running![from]!;
      return;
    }
    // Of a sum the mean is a part of its count, of a mean its count is a part of all.
    const weight = (isRunning ? count : 1) / all;
    const otherWeight = (isOtherRunning ? otherCount : 1) / all;
    this.#running[cell] = 1;
    this.#totals[cell]! *= weight;
    this.#lost[cell]! *= weight;
    this.#addTo(cell, total * otherWeight);
    this.#lost[cell]! += lost![from]! * otherWeight;
  }

  clear(cells: number): void {
    for (const column of this.columns) column.fill(0, 0, cells);
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
