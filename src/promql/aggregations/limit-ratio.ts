/**
 * `limit_ratio`: a share of the series, chosen by a hash of their labels, so that the same series
 * are chosen each time and `limit_ratio(r)` and `limit_ratio(-(1 - r))` complement each other.
 */
import { emptyMatrix } from "../columns/series-matrix.ts";
import * as findings from "../findings.ts";
import { executionError } from "../query-errors.ts";
import type { Aggregation } from "./aggregation.ts";
import { labelsOffset } from "./labels-offset.ts";
import { pickRowsPerStep } from "./pick-rows-per-step.ts";

export const limitRatio: Aggregation = async (input) => {
  const { annotations, plan, matrix } = input;
  const param = input.param!;
  const max = param.reduce((a, b) => Math.max(a, b), -Infinity);
  const min = param.reduce((a, b) => Math.min(a, b), Infinity);
  if (max === 0 && min === 0) return emptyMatrix(matrix.grid);
  if (param.some(Number.isNaN)) throw executionError("Ratio value is NaN");
  if (max > 1) annotations.warn(findings.invalidRatio(max, 1), plan.paramRange);
  if (min < -1) annotations.warn(findings.invalidRatio(min, -1), plan.paramRange);
  const offsets = matrix.labels.map(labelsOffset);
  return pickRowsPerStep(input, false, (present, step) => {
    const ratio = Math.min(1, Math.max(-1, param[step]!));
    if (ratio === 0) return [];
    return present.filter((row) =>
      ratio > 0 ? offsets[row]! < ratio : offsets[row]! >= 1 + ratio,
    );
  });
};
