/** What every operator of one running query shares. */
import type { TenantId } from "#model/refs.ts";
import type { MissingParts } from "#storage/missing-parts.ts";
import type { Queryable } from "#storage/queryable.ts";
import type { Annotations } from "../annotations.ts";
import type { LeafSource } from "../leaf/leaf-source.ts";
import type { QueryFeatures } from "../query-options.ts";
import type { Budget } from "../budget.ts";
import type { Pace } from "../pace.ts";

export interface EvalContext {
  readonly tenant: TenantId;
  readonly queryable: Queryable;
  /** Null where nobody works parts of a query out next to the data. */
  readonly leaves: LeafSource | null;
  /** Handed to every selection. */
  readonly missing: MissingParts | null;
  readonly signal: AbortSignal;
  readonly lookbackMs: number;
  readonly features: QueryFeatures;
  readonly annotations: Annotations;
  readonly budget: Budget;
  readonly pace: Pace;
}

/** What is needed to make rows out of series that somebody else reads. */
export type RowContext = Pick<
  EvalContext,
  "lookbackMs" | "features" | "annotations" | "budget" | "pace"
>;
