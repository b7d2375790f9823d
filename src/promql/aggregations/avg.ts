/**
 * `avg`: the compensated sum divided at the end; a cell whose sum overflows goes on as a running
 * mean.
 */
import { HistogramMean } from "#model/histogram/histogram-mean.ts";
import { grownTo, type OpenFold } from "./group-fold.ts";
import { MixedGroupFold } from "./mixed-fold.ts";

export const avg: OpenFold = (input) => {
  /** Sums, or means where `running` is 1. */
  let totals: Float64Array = new Float64Array(0);
  let lost: Float64Array = new Float64Array(0);
  let counts: Float64Array = new Float64Array(0);
  let running: Float64Array = new Float64Array(0);
  const add = (cell: number, value: number): void => {
    const before = totals[cell]!;
    const total = before + value;
    if (total === Infinity || total === -Infinity) lost[cell] = 0;
    else if (Math.abs(before) >= Math.abs(value)) lost[cell]! += before - total + value;
    else lost[cell]! += value - total + before;
    totals[cell] = total;
  };
  return new MixedGroupFold(input, {
    grow(cells) {
      totals = grownTo(totals, cells);
      lost = grownTo(lost, cells);
      counts = grownTo(counts, cells);
      running = grownTo(running, cells);
    },
    addFloat(cell, value, isFirst) {
      const count = ++counts[cell]!;
      if (isFirst) {
        totals[cell] = value;
        return;
      }
      if (running[cell] === 0) {
        if (Math.abs(totals[cell]! + value) !== Infinity) {
          add(cell, value);
          return;
        }
        running[cell] = 1;
        totals[cell]! /= count - 1;
        lost[cell]! /= count - 1;
      }
      const weight = (count - 1) / count;
      totals[cell]! *= weight;
      lost[cell]! *= weight;
      add(cell, value / count);
    },
    floatResult(cell) {
      if (running[cell] === 1) return totals[cell]! + lost[cell]!;
      return totals[cell]! / counts[cell]! + lost[cell]! / counts[cell]!;
    },
    startHistograms: (first) => new HistogramMean(first),
  });
};
