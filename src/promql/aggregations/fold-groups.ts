/** Drives a fold: finds the group of each row, makes rows for new groups, hands chunks over. */
import { RowList } from "../columns/row-list.ts";
import { dropEmptyRows } from "../columns/pick-rows.ts";
import { rowHasSamples, type SeriesMatrix } from "../columns/series-matrix.ts";
import type { StepGrid } from "../columns/step-grid.ts";
import type { EvalContext } from "../operators/eval-context.ts";
import type { AggregatePlan } from "../plan/plan-node.ts";
import type { OpenFold } from "./group-fold.ts";
import { GroupIndex } from "./group-table.ts";

export async function foldGroups(
  plan: AggregatePlan,
  { annotations, pace, budget }: EvalContext,
  grid: StepGrid,
  chunks: AsyncIterable<SeriesMatrix>,
  open: OpenFold,
): Promise<SeriesMatrix> {
  const index = new GroupIndex(plan.grouping, plan.without);
  const rows = new RowList(grid, 0, budget);
  const fold = open({ plan, rows, annotations, pace });
  const { samples } = budget;
  for await (const matrix of chunks) {
    const ofRow = await index.add(matrix.labels, pace);
    while (rows.rowCount < index.labels.length) rows.addRow(index.labels[rows.rowCount]!, false);
    markDropped(rows, matrix, ofRow);
    await fold.add(matrix, ofRow);
    // The chunk is done with.
    budget.hold(samples - budget.samples);
  }
  await fold.finish();
  return dropEmptyRows(rows.finish(), pace);
}

/** A group loses its name when any of its rows does. */
function markDropped(rows: RowList, matrix: SeriesMatrix, ofRow: Int32Array): void {
  for (let row = 0; row < ofRow.length; row++) {
    if (matrix.dropName[row] === 0 || rows.dropsName(ofRow[row]!)) continue;
    if (rowHasSamples(matrix, row)) rows.dropName(ofRow[row]!);
  }
}
