/** The parameter of `topk`, `bottomk`, `limitk`: how many rows at each step. */
import { formatFloatCompact } from "#model/format-float.ts";
import { executionError } from "../query-errors.ts";
import type { AggregationInput } from "./aggregation.ts";

const INT64_LIMIT = 2 ** 63;

/** Null when no step asks for a row. */
export function countParam({ param }: AggregationInput): Float64Array | null {
  const max = param!.reduce((a, b) => Math.max(a, b), -Infinity);
  const min = param!.reduce((a, b) => Math.min(a, b), Infinity);
  if (max < 1) return null;
  if (param!.some(Number.isNaN)) throw executionError("Parameter value is NaN");
  if (min <= -INT64_LIMIT) {
    throw executionError(`Scalar value ${formatFloatCompact(min)} underflows int64`);
  }
  if (max >= INT64_LIMIT) {
    throw executionError(`Scalar value ${formatFloatCompact(max)} overflows int64`);
  }
  return param!.map(Math.trunc);
}
