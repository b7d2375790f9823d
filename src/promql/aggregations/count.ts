/** `count` and `group`: samples of either type. */
import { inRowSlices } from "../columns/row-slices.ts";
import { ABSENT, type SeriesMatrix } from "../columns/series-matrix.ts";
import type { Aggregation, AggregationInput } from "./aggregation.ts";
import { finishGroups, groupMatrix } from "./group-matrix.ts";

export const count: Aggregation = (input) => tally(input, (before) => before + 1);

export const group: Aggregation = (input) => tally(input, () => 1);

async function tally(
  input: AggregationInput,
  next: (before: number) => number,
): Promise<SeriesMatrix> {
  const { matrix, groups, pace } = input;
  const rows = groupMatrix(input);
  const steps = matrix.grid.count;
  await inRowSlices(groups.ofRow.length, steps, pace, (from, end) => {
    for (let row = from; row < end; row++) {
      const to = groups.ofRow[row]! * steps;
      for (let step = 0; step < steps; step++) {
        if (matrix.kinds[row * steps + step] === ABSENT) continue;
        rows.setFloat(to + step, next(rows.values[to + step]!));
      }
    }
  });
  return finishGroups(rows);
}
