/** `min` and `max` of floats by cell: NaN until there is a number. */
import { grownTo } from "../aggregations/group-fold.ts";
import type { FloatCells } from "../aggregations/mixed-fold.ts";
import { FLOAT } from "../columns/series-matrix.ts";
import type { LeafTotals } from "./leaf-totals.ts";

export class ExtremeTotals implements LeafTotals {
  readonly #isMax: boolean;
  #best: Float64Array<ArrayBuffer>;

  constructor(isMax: boolean, [best]: LeafTotals["columns"] = []) {
    this.#isMax = isMax;
    this.#best = best ?? new Float64Array(0);
  }

  get columns(): LeafTotals["columns"] {
    return [this.#best];
  }

  grow(cells: number): void {
    const { length } = this.#best;
    this.#best = grownTo(this.#best, cells);
    this.#best.fill(Number.NaN, length);
  }

  addFloats(cell: number, { kinds, values }: FloatCells, from: number, count: number): void {
    for (let step = 0; step < count; step++) {
      if (kinds[from + step] === FLOAT) this.#add(cell + step, values[from + step]!);
    }
  }

  merge(cell: number, [best]: LeafTotals["columns"], from: number, count: number): void {
    for (let step = 0; step < count; step++) this.#add(cell + step, best![from + step]!);
  }

  clear(cells: number): void {
    this.#best.fill(Number.NaN, 0, cells);
  }

  result(cell: number): number {
    return this.#best[cell]!;
  }

  #add(cell: number, value: number): void {
    const best = this.#best[cell]!;
    if ((this.#isMax ? value > best : value < best) || Number.isNaN(best)) this.#best[cell] = value;
  }
}
