/** `count` and `group`: samples of either type. */
import { inRowSlices } from "../columns/row-slices.ts";
import { ABSENT } from "../columns/series-matrix.ts";
import type { FoldInput, GroupFold, OpenFold } from "./group-fold.ts";

export const count: OpenFold = (input) => tally(input, (before) => before + 1);

export const group: OpenFold = (input) => tally(input, () => 1);

function tally({ rows, pace }: FoldInput, next: (before: number) => number): GroupFold {
  return {
    add: (matrix, ofRow) => {
      const steps = matrix.grid.count;
      return inRowSlices(ofRow.length, steps, pace, (from, end) => {
        for (let row = from; row < end; row++) {
          const to = ofRow[row]! * steps;
          for (let step = 0; step < steps; step++) {
            if (matrix.kinds[row * steps + step] === ABSENT) continue;
            rows.setFloat(to + step, next(rows.values[to + step]!));
          }
        }
      });
    },
    finish: () => Promise.resolve(),
  };
}
