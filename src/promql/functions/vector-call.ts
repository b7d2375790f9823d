/**
 * What a function of instant vectors gets: evaluated arguments and the facts of the query. Work over
 * all cells goes through `inRowSlices`, so that long vectors do not hold the thread.
 */
import type { Annotations } from "../annotations.ts";
import { dropMetricLabels } from "../columns/label-edit.ts";
import { mergeEqualRows } from "../columns/merge-rows.ts";
import { inRowSlices } from "../columns/row-slices.ts";
import type { SeriesMatrix } from "../columns/series-matrix.ts";
import type { StepGrid } from "../columns/step-grid.ts";
import type { Pace } from "../pace.ts";
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
  readonly pace: Pace;
}

export type VectorFunction = (call: VectorCall) => Promise<SeriesMatrix>;

/** Cost of a label set without its name, in cells. */
const RENAME_UNITS = 32;

/** For results that no longer are the metric: the name goes now, or is marked to go later. */
export async function withoutMetricName(
  matrix: SeriesMatrix,
  { features, pace }: Pick<VectorCall, "features" | "pace">,
): Promise<SeriesMatrix> {
  matrix.dropName.fill(1);
  if (features.delayedNameRemoval) return matrix;
  const { labels } = matrix;
  await inRowSlices(labels.length, RENAME_UNITS, pace, (from, to) => {
    for (let row = from; row < to; row++) labels[row] = dropMetricLabels(labels[row]!);
  });
  return mergeEqualRows(matrix, pace);
}
