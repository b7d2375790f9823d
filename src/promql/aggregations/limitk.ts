/** `limitk`: any k rows of a group, the first ones. */
import { emptyMatrix } from "../columns/series-matrix.ts";
import type { Aggregation } from "./aggregation.ts";
import { countParam } from "./count-param.ts";
import { pickRowsPerStep } from "./pick-rows-per-step.ts";

export const limitk: Aggregation = async (input) => {
  const counts = countParam(input);
  if (counts === null) return emptyMatrix(input.matrix.grid);
  return pickRowsPerStep(input, false, (present, step) =>
    present.slice(0, Math.max(0, counts[step]!)),
  );
};
