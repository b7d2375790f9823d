/** `count` and `group`: samples of either type. */
import { ABSENT, type SeriesMatrix } from "../columns/series-matrix.ts";
import type { Aggregation, AggregationInput } from "./aggregation.ts";
import { finishGroups, groupMatrix } from "./group-matrix.ts";

export const count: Aggregation = (input) => tally(input, (before) => before + 1);

export const group: Aggregation = (input) => tally(input, () => 1);

function tally(input: AggregationInput, next: (before: number) => number): SeriesMatrix {
  const { matrix, groups } = input;
  const rows = groupMatrix(input);
  const steps = matrix.grid.count;
  for (let row = 0; row < groups.ofRow.length; row++) {
    const to = groups.ofRow[row]! * steps;
    for (let step = 0; step < steps; step++) {
      if (matrix.kinds[row * steps + step] === ABSENT) continue;
      rows.setFloat(to + step, next(rows.values[to + step]!));
    }
  }
  return finishGroups(rows);
}
