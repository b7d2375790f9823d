/**
 * Shared walk of aggregations that use floats only: calls `fold` for each float with its group cell
 * and notes the histograms they leave out.
 */
import { inRowSlices } from "../columns/row-slices.ts";
import { ABSENT, FLOAT } from "../columns/series-matrix.ts";
import * as findings from "../findings.ts";
import type { AggregationInput } from "./aggregation.ts";

export interface FloatFoldInput extends Pick<
  AggregationInput,
  "plan" | "matrix" | "annotations" | "pace"
> {
  readonly groups: { readonly ofRow: Int32Array };
}

export async function foldFloats(
  { plan, matrix, groups, annotations, pace }: FloatFoldInput,
  fold: (cell: number, value: number) => void,
): Promise<void> {
  const { count } = matrix.grid;
  const { kinds, values } = matrix;
  let ignored = false;
  await inRowSlices(groups.ofRow.length, count, pace, (fromRow, toRow) => {
    for (let row = fromRow; row < toRow; row++) {
      const from = row * count;
      const to = groups.ofRow[row]! * count;
      for (let step = 0; step < count; step++) {
        const kind = kinds[from + step];
        if (kind === FLOAT) fold(to + step, values[from + step]!);
        else if (kind !== ABSENT) ignored = true;
      }
    }
  });
  if (ignored) annotations.info(findings.histogramIgnored(plan.op), plan.exprRange);
}
