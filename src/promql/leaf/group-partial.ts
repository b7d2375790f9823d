/**
 * What an aggregation makes of a part of the series: a row per group that has any, a cell per step.
 * Groups are numbered by whoever makes the partials of a query.
 */
import { must } from "#base/assert.ts";
import { inRowSlices } from "../columns/row-slices.ts";
import { CELL_BYTES } from "../columns/row-list.ts";
import { FLOAT, type SeriesMatrix } from "../columns/series-matrix.ts";
import type { Pace } from "../pace.ts";
import type { AggregatePlan } from "../plan/plan-node.ts";
import type { GroupRows } from "./group-rows.ts";
import { leafTotalsOf, type LeafTotals } from "./leaf-totals.ts";

/** A partial on its way between threads. */
export interface PartialColumns {
  readonly groups: readonly number[];
  readonly seen: Uint8Array<ArrayBuffer>;
  readonly totals: LeafTotals["columns"];
}

/** Rows to begin with: a leaf of a few targets. */
const INITIAL_ROWS = 8;

export class GroupPartial {
  /** By row, in order of appearance. */
  readonly groups: number[];
  readonly #steps: number;
  readonly #totals: LeafTotals;
  /** Per cell 1 when it took a float. */
  #seen: Uint8Array<ArrayBuffer>;

  constructor(op: AggregatePlan["op"], steps: number, columns: PartialColumns | null = null) {
    this.#steps = steps;
    this.groups = columns === null ? [] : [...columns.groups];
    this.#totals = must(leafTotalsOf(op), op)(columns?.totals);
    this.#seen = columns?.seen ?? new Uint8Array(0);
  }

  /** As long as its rows, for somebody else. */
  copy(): PartialColumns {
    const cells = this.cellCount;
    return {
      groups: [...this.groups],
      seen: this.#seen.slice(0, cells),
      totals: this.#totals.columns.map((column) => column.slice(0, cells)),
    };
  }

  /** Empties it; its memory stays. */
  clear(): void {
    const cells = this.cellCount;
    this.#seen.fill(0, 0, cells);
    this.#totals.clear(cells);
    this.groups.length = 0;
  }

  get cellCount(): number {
    return this.groups.length * this.#steps;
  }

  /** Memory behind the rows there are. */
  get bytes(): number {
    return this.cellCount * (this.#totals.columns.length + 1) * CELL_BYTES;
  }

  /** Takes in floats; `ofRow` is the group of each row of the matrix. `rows` are those of here. */
  add(matrix: SeriesMatrix, ofRow: readonly number[], rows: GroupRows, pace: Pace): Promise<void> {
    const steps = this.#steps;
    return inRowSlices(ofRow.length, steps, pace, (from, to) => {
      for (let row = from; row < to; row++) {
        const cell = this.#rowOf(ofRow[row]!, rows) * steps;
        this.#totals.addFloats(cell, matrix, row * steps, steps);
        markFloats(this.#seen, cell, matrix.kinds, row * steps, steps);
      }
    });
  }

  /** Takes in a partial of series that come behind; `rows` is empty before and after. */
  async merge(right: GroupPartial, rows: GroupRows, pace: Pace): Promise<void> {
    const steps = this.#steps;
    const totals = right.#totals.columns;
    for (const [row, group] of this.groups.entries()) rows.set(group, row);
    await inRowSlices(right.groups.length, steps, pace, (from, to) => {
      for (let row = from; row < to; row++) {
        const cell = this.#rowOf(right.groups[row]!, rows) * steps;
        this.#totals.merge(cell, totals, row * steps, steps);
        markSeen(this.#seen, cell, right.#seen, row * steps, steps);
      }
    });
    rows.clear(this.groups);
  }

  hasFloat(cell: number): boolean {
    return this.#seen[cell] === 1;
  }

  result(cell: number): number {
    return this.#totals.result(cell);
  }

  #rowOf(group: number, rows: GroupRows): number {
    const known = rows.find(group);
    if (known >= 0) return known;
    const row = this.groups.push(group) - 1;
    rows.set(group, row);
    const cells = this.groups.length * this.#steps;
    if (cells > this.#seen.length) this.#grow(Math.max(cells, INITIAL_ROWS * this.#steps));
    return row;
  }

  #grow(cells: number): void {
    const seen = new Uint8Array(Math.max(cells, 2 * this.#seen.length));
    seen.set(this.#seen);
    this.#seen = seen;
    this.#totals.grow(seen.length);
  }
}

function markFloats(
  seen: Uint8Array,
  cell: number,
  kinds: Uint8Array,
  from: number,
  count: number,
): void {
  for (let step = 0; step < count; step++) if (kinds[from + step] === FLOAT) seen[cell + step] = 1;
}

function markSeen(
  seen: Uint8Array,
  cell: number,
  others: Uint8Array,
  from: number,
  count: number,
): void {
  for (let step = 0; step < count; step++) seen[cell + step]! |= others[from + step]!;
}
