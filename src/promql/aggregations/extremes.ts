/** `min` and `max`: NaN only when there is nothing else. */
import { ABSENT } from "../columns/series-matrix.ts";
import { foldFloats } from "./float-fold.ts";
import type { OpenFold } from "./group-fold.ts";

export const min: OpenFold = extreme((value, best) => value < best);

export const max: OpenFold = extreme((value, best) => value > best);

function extreme(better: (value: number, best: number) => boolean): OpenFold {
  return ({ plan, rows, annotations, pace }) => ({
    add: (matrix, ofRow) =>
      foldFloats({ plan, matrix, groups: { ofRow }, annotations, pace }, (cell, value) => {
        const best = rows.values[cell]!;
        if (rows.kinds[cell] === ABSENT || better(value, best) || Number.isNaN(best)) {
          rows.setFloat(cell, value);
        }
      }),
    finish: () => Promise.resolve(),
  });
}
