/**
 * What an aggregation makes of floats, one total per cell, so that totals of parts can be merged.
 * Which takes which in is part of the result's bits. A cell that took nothing changes nothing.
 */
import { CompensatedMeans } from "../aggregations/compensated-means.ts";
import { CompensatedSums } from "../aggregations/compensated-sums.ts";
import type { FloatTotals } from "../aggregations/mixed-fold.ts";
import type { AggregatePlan } from "../plan/plan-node.ts";
import { ExtremeTotals } from "./extreme-totals.ts";
import { TallyTotals } from "./tally-totals.ts";

export interface LeafTotals extends Omit<FloatTotals, "add"> {
  /** All there is to it: a total made of these goes on where this one is. */
  readonly columns: readonly Float64Array<ArrayBuffer>[];
  /** Forgets what the cells below `cells` hold. */
  clear(cells: number): void;
  /** Adds what `count` cells of other totals of this kind hold, from `from` on. */
  merge(cell: number, columns: LeafTotals["columns"], from: number, count: number): void;
}

type OpenTotals = (columns?: LeafTotals["columns"]) => LeafTotals;

const TOTALS: ReadonlyMap<AggregatePlan["op"], OpenTotals> = new Map<
  AggregatePlan["op"],
  OpenTotals
>([
  ["avg", (columns) => new CompensatedMeans(columns)],
  ["count", (columns) => new TallyTotals(false, columns)],
  ["group", (columns) => new TallyTotals(true, columns)],
  ["max", (columns) => new ExtremeTotals(true, columns)],
  ["min", (columns) => new ExtremeTotals(false, columns)],
  ["sum", (columns) => new CompensatedSums(columns)],
]);

/** Undefined for aggregations that need all of their rows at once. */
export function leafTotalsOf(op: AggregatePlan["op"]): OpenTotals | undefined {
  return TOTALS.get(op);
}
