/**
 * Sums of floats, one per cell, each with what rounding took away from it, so that the order of the
 * floats hardly shows.
 */
import { FLOAT } from "../columns/series-matrix.ts";
import { grownTo } from "./group-fold.ts";
import type { FloatCells } from "./mixed-fold.ts";

type Columns = readonly Float64Array<ArrayBuffer>[];

export class CompensatedSums {
  #sums: Float64Array<ArrayBuffer>;
  #lost: Float64Array<ArrayBuffer>;

  /** Goes on with the columns of another one. */
  constructor([sums, lost]: Columns = []) {
    this.#sums = sums ?? new Float64Array(0);
    this.#lost = lost ?? new Float64Array(0);
  }

  get columns(): Columns {
    return [this.#sums, this.#lost];
  }

  grow(cells: number): void {
    this.#sums = grownTo(this.#sums, cells);
    this.#lost = grownTo(this.#lost, cells);
  }

  add(cell: number, value: number): void {
    const sums = this.#sums;
    const lost = this.#lost;
    const before = sums[cell]!;
    const total = before + value;
    if (total === Infinity || total === -Infinity) lost[cell] = 0;
    else if (Math.abs(before) >= Math.abs(value)) lost[cell]! += before - total + value;
    else lost[cell]! += value - total + before;
    sums[cell] = total;
  }

  /** As `add` for the floats among `count` cells of `matrix`, from `from` on. */
  addFloats(cell: number, { kinds, values }: FloatCells, from: number, count: number): void {
    const sums = this.#sums;
    const lost = this.#lost;
    for (let step = 0; step < count; step++) {
      if (kinds[from + step] !== FLOAT) continue;
      const value = values[from + step]!;
      const before = sums[cell + step]!;
      const total = before + value;
      if (total === Infinity || total === -Infinity) lost[cell + step] = 0;
      else if (Math.abs(before) >= Math.abs(value)) lost[cell + step]! += before - total + value;
      else lost[cell + step]! += value - total + before;
      sums[cell + step] = total;
    }
  }

  /** Adds what `count` cells of other sums hold, from `from` on, rounding and all. */
  merge(cell: number, [otherSums, otherLost]: Columns, from: number, count: number): void {
    const sums = this.#sums;
    const lost = this.#lost;
    for (let step = 0; step < count; step++) {
      const value = otherSums![from + step]!;
      const before = sums[cell + step]!;
      const total = before + value;
      let less = lost[cell + step]!;
      if (total === Infinity || total === -Infinity) less = 0;
      else if (Math.abs(before) >= Math.abs(value)) less += before - total + value;
      else less += value - total + before;
      sums[cell + step] = total;
      lost[cell + step] = less + otherLost![from + step]!;
    }
  }

  clear(cells: number): void {
    for (const column of this.columns) column.fill(0, 0, cells);
  }

  result(cell: number): number {
    return this.#sums[cell]! + this.#lost[cell]!;
  }
}
