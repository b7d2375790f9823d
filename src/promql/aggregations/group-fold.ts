/**
 * What an aggregation is that looks at every sample once and keeps none: it takes the rows of its
 * input chunk by chunk. The order of rows is the order of summation, so equal input gives equal bits
 * however it is cut into chunks.
 */
import type { Annotations } from "../annotations.ts";
import type { RowList } from "../columns/row-list.ts";
import type { SeriesMatrix } from "../columns/series-matrix.ts";
import type { Pace } from "../pace.ts";
import type { AggregatePlan } from "../plan/plan-node.ts";

export interface FoldInput {
  readonly plan: AggregatePlan;
  /** One row per group so far; the fold fills its cells. Arrays move when groups are added. */
  readonly rows: RowList;
  readonly annotations: Annotations;
  readonly pace: Pace;
}

export interface GroupFold {
  /** `ofRow` is the group of each row; all of them have rows. */
  add(matrix: SeriesMatrix, ofRow: Int32Array): Promise<void>;
  finish(): Promise<void>;
}

export type OpenFold = (input: FoldInput) => GroupFold;

/** `column` or, once there are more cells than it has, a longer copy. */
export function grownTo(
  column: Float64Array<ArrayBuffer>,
  cells: number,
): Float64Array<ArrayBuffer> {
  if (column.length >= cells) return column;
  const grown = new Float64Array(cells);
  grown.set(column);
  return grown;
}
