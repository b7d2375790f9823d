/** `min` and `max`: NaN only when there is nothing else. */
import { ABSENT } from "../columns/series-matrix.ts";
import type { Aggregation } from "./aggregation.ts";
import { foldFloats } from "./float-fold.ts";
import { finishGroups, groupMatrix } from "./group-matrix.ts";

export const min: Aggregation = extreme((value, best) => value < best);

export const max: Aggregation = extreme((value, best) => value > best);

function extreme(better: (value: number, best: number) => boolean): Aggregation {
  return async (input) => {
    const rows = groupMatrix(input);
    await foldFloats(input, (cell, value) => {
      const best = rows.values[cell]!;
      if (rows.kinds[cell] === ABSENT || better(value, best) || Number.isNaN(best)) {
        rows.setFloat(cell, value);
      }
    });
    return finishGroups(rows);
  };
}
