/**
 * `avg`: the compensated sum divided at the end; a cell whose sum overflows goes on as a running
 * mean.
 */
import { HistogramMean } from "#model/histogram/histogram-mean.ts";
import type { Aggregation } from "./aggregation.ts";
import { foldMixed } from "./mixed-fold.ts";

export const avg: Aggregation = (input) => {
  const cells = input.groups.labels.length * input.matrix.grid.count;
  /** Sums, or means where `running`. */
  const totals = new Float64Array(cells);
  const lost = new Float64Array(cells);
  const counts = new Float64Array(cells);
  const running = new Uint8Array(cells);
  const add = (cell: number, value: number): void => {
    const before = totals[cell]!;
    const total = before + value;
    if (total === Infinity || total === -Infinity) lost[cell] = 0;
    else if (Math.abs(before) >= Math.abs(value)) lost[cell]! += before - total + value;
    else lost[cell]! += value - total + before;
    totals[cell] = total;
  };
  return foldMixed(input, {
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
