/** `count` and `group` of floats by cell. */
import { grownTo } from "../aggregations/group-fold.ts";
import type { FloatCells } from "../aggregations/mixed-fold.ts";
import { FLOAT } from "../columns/series-matrix.ts";
import type { LeafTotals } from "./leaf-totals.ts";

export class TallyTotals implements LeafTotals {
  readonly #isGroup: boolean;
  #counts: Float64Array<ArrayBuffer>;

  constructor(isGroup: boolean, [counts]: LeafTotals["columns"] = []) {
    this.#isGroup = isGroup;
    this.#counts = counts ?? new Float64Array(0);
  }

  get columns(): LeafTotals["columns"] {
    return [this.#counts];
  }

  grow(cells: number): void {
    this.#counts = grownTo(this.#counts, cells);
  }

  addFloats(cell: number, { kinds }: FloatCells, from: number, count: number): void {
    const counts = this.#counts;
    for (let step = 0; step < count; step++) {
      if (kinds[from + step] === FLOAT) counts[cell + step]! += 1;
    }
  }

  merge(cell: number, [counts]: LeafTotals["columns"], from: number, count: number): void {
    for (let step = 0; step < count; step++) this.#counts[cell + step]! += counts![from + step]!;
  }

  clear(cells: number): void {
    this.#counts.fill(0, 0, cells);
  }

  result(cell: number): number {
    return this.#isGroup ? 1 : this.#counts[cell]!;
  }
}
