/** `sum`: compensated, so the order of series hardly shows. */
import { HistogramAccumulator } from "#model/histogram/histogram-accumulator.ts";
import { grownTo, type OpenFold } from "./group-fold.ts";
import { MixedGroupFold } from "./mixed-fold.ts";

export const sum: OpenFold = (input) => {
  let sums: Float64Array = new Float64Array(0);
  let lost: Float64Array = new Float64Array(0);
  return new MixedGroupFold(input, {
    grow(cells) {
      sums = grownTo(sums, cells);
      lost = grownTo(lost, cells);
    },
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
