/**
 * What an aggregation gets. Aggregations walk the input row by row (columns of one series are
 * neighbours in memory) and keep their state per group and step; the order of rows is the order of
 * summation, so equal input gives equal bits.
 */
import type { Annotations } from "../annotations.ts";
import type { Budget } from "../budget.ts";
import type { SeriesMatrix } from "../columns/series-matrix.ts";
import type { Pace } from "../pace.ts";
import type { AggregatePlan } from "../plan/plan-node.ts";
import type { GroupTable } from "./group-table.ts";

export interface AggregationInput {
  readonly plan: AggregatePlan;
  readonly matrix: SeriesMatrix;
  readonly groups: GroupTable;
  /** The parameter at each step; null when the aggregation has none. */
  readonly param: Float64Array | null;
  readonly annotations: Annotations;
  readonly pace: Pace;
  readonly budget: Budget;
}

export type Aggregation = (input: AggregationInput) => Promise<SeriesMatrix>;
