/** What a function of instant vectors gets: evaluated arguments and the facts of the query. */
import type { Annotations } from "../annotations.ts";
import { dropMetricLabels } from "../columns/label-edit.ts";
import { mergeEqualRows } from "../columns/merge-rows.ts";
import type { SeriesMatrix } from "../columns/series-matrix.ts";
import type { StepGrid } from "../columns/step-grid.ts";
import type { CallPlan } from "../plan/plan-node.ts";
import type { QueryFeatures } from "../query-options.ts";

export interface VectorCall {
  readonly plan: CallPlan;
  readonly grid: StepGrid;
  /** Owned by the function, which may change them in place. */
  readonly vectors: readonly SeriesMatrix[];
  /** A value per step each. */
  readonly scalars: readonly Float64Array[];
  readonly annotations: Annotations;
  readonly features: QueryFeatures;
}

export type VectorFunction = (call: VectorCall) => SeriesMatrix;

/** For results that no longer are the metric: the name goes now, or is marked to go later. */
export function withoutMetricName(matrix: SeriesMatrix, features: QueryFeatures): SeriesMatrix {
  matrix.dropName.fill(1);
  if (features.delayedNameRemoval) return matrix;
  for (let row = 0; row < matrix.labels.length; row++) {
    matrix.labels[row] = dropMetricLabels(matrix.labels[row]!);
  }
  return mergeEqualRows(matrix);
}
