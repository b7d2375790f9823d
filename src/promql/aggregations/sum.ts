/** `sum`: compensated, so the order of series hardly shows. */
import { HistogramAccumulator } from "#model/histogram/histogram-accumulator.ts";
import type { Aggregation } from "./aggregation.ts";
import { foldMixed } from "./mixed-fold.ts";

export const sum: Aggregation = (input) => {
  const cells = input.groups.labels.length * input.matrix.grid.count;
  const sums = new Float64Array(cells);
  const lost = new Float64Array(cells);
  return foldMixed(input, {
    addFloat(cell, value) {
      const before = sums[cell]!;
      const total = before + value;
      if (total === Infinity || total === -Infinity) lost[cell] = 0;
      else if (Math.abs(before) >= Math.abs(value)) lost[cell]! += before - total + value;
      else lost[cell]! += value - total + before;
      sums[cell] = total;
    },
    floatResult: (cell) => sums[cell]! + lost[cell]!,
    startHistograms: (first) => new HistogramAccumulator(first),
  });
};
