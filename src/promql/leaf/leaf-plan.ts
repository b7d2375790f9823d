/**
 * A part of a query that is worked out where the data lies: a selector, maybe a function of its
 * windows, and the first aggregation over them. Plain data, so that it can be sent there. Times are
 * resolved and scalars have their values, so it means the same wherever it is read.
 */
import type { TenantId } from "#model/refs.ts";
import type { TimeRange } from "#storage/queryable.ts";
import type { SampleUse } from "#storage/sample-use.ts";
import type { StepGrid } from "../columns/step-grid.ts";
import type {
  AggregatePlan,
  RangeCallPlan,
  RangeSelectPlan,
  SelectPlan,
} from "../plan/plan-node.ts";
import type { QueryFeatures, QueryLimits } from "../query-options.ts";

export type LeafInput = SelectPlan | (RangeCallPlan & { readonly source: RangeSelectPlan });

export interface LeafPlan {
  readonly tenant: TenantId;
  readonly input: LeafInput;
  readonly aggregate: AggregatePlan;
  /** Scalar arguments of the function, by step. */
  readonly scalars: readonly Float64Array[];
  readonly grid: StepGrid;
  /** Where the samples lie that matter. */
  readonly reads: TimeRange;
  /** What becomes of them. */
  readonly use: SampleUse;
  readonly lookbackMs: number;
  readonly features: QueryFeatures;
  /** Those of the query; of its time as much as is left. */
  readonly limits: QueryLimits;
  /** By the query so far. */
  readonly seriesRead: number;
}
