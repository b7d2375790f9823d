/** `topk` and `bottomk`: the rows with the k largest or smallest floats, NaN worst. */
import { emptyMatrix, FLOAT, type SeriesMatrix } from "../columns/series-matrix.ts";
import * as findings from "../findings.ts";
import type { Aggregation, AggregationInput } from "./aggregation.ts";
import { bestRows } from "./best-rows.ts";
import { countParam } from "./count-param.ts";
import { pickRowsPerStep } from "./pick-rows-per-step.ts";

export const topk: Aggregation = (input) => pickBest(input, (a, b) => b - a);

export const bottomk: Aggregation = (input) => pickBest(input, (a, b) => a - b);

async function pickBest(
  input: AggregationInput,
  order: (a: number, b: number) => number,
): Promise<SeriesMatrix> {
  const counts = countParam(input);
  const { matrix, plan, annotations } = input;
  if (counts === null) return emptyMatrix(matrix.grid);
  const { kinds, values } = matrix;
  const steps = matrix.grid.count;
  let ignored = false;
  const picked = await pickRowsPerStep(input, true, (present, step) => {
    const count = counts[step]!;
    if (count < 1) return [];
    const floats = present.filter((row) => kinds[row * steps + step] === FLOAT);
    if (floats.length < present.length) ignored = true;
    const better = (a: number, b: number): number => {
      const [x, y] = [values[a * steps + step]!, values[b * steps + step]!];
      const [noX, noY] = [Number.isNaN(x), Number.isNaN(y)];
      if (noX || noY) return Number(noX) - Number(noY) || a - b;
      return order(x, y) || a - b;
    };
    const valueOf = (row: number): number => values[row * steps + step]!;
    return bestRows(floats, count, valueOf, (a, b) => order(a, b) > 0).sort(better);
  });
  if (ignored) annotations.info(findings.histogramIgnored(plan.op), plan.range);
  return picked;
}
