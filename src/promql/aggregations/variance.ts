/** `stdvar` and `stddev`: Welford's recurrence per group and step. */
import { ABSENT, FLOAT } from "../columns/series-matrix.ts";
import type { Aggregation } from "./aggregation.ts";
import { foldFloats } from "./float-fold.ts";
import { finishGroups, groupMatrix } from "./group-matrix.ts";

export const stdvar: Aggregation = varianceWith((variance) => variance);

export const stddev: Aggregation = varianceWith(Math.sqrt);

function varianceWith(result: (variance: number) => number): Aggregation {
  return async (input) => {
    const rows = groupMatrix(input);
    const cells = rows.rowCount * input.matrix.grid.count;
    const counts = new Float64Array(cells);
    const means = new Float64Array(cells);
    // The cells themselves gather the squared distances.
    await foldFloats(input, (cell, value) => {
      const count = ++counts[cell]!;
      if (rows.kinds[cell] === ABSENT) {
        means[cell] = value;
        rows.setFloat(cell, Number.isFinite(value) ? 0 : Number.NaN);
        return;
      }
      const distance = value - means[cell]!;
      means[cell]! += distance / count;
      rows.values[cell]! += distance * (value - means[cell]!);
    });
    for (let cell = 0; cell < cells; cell++) {
      if (rows.kinds[cell] === FLOAT)
        rows.values[cell] = result(rows.values[cell]! / counts[cell]!);
    }
    return finishGroups(rows, input.pace);
  };
}
