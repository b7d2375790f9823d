/**
 * Sums of floats, one per cell, each with what rounding took away from it, so that the order of the
 * floats hardly shows.
 */
import { FLOAT } from "../columns/series-matrix.ts";
import { grownTo } from "./group-fold.ts";
import type { FloatCells } from "./mixed-fold.ts";

export class CompensatedSums {
  #sums: Float64Array = new Float64Array(0);
  #lost: Float64Array = new Float64Array(0);

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

  result(cell: number): number {
    return this.#sums[cell]! + this.#lost[cell]!;
  }
}
