/** `clamp`, `clamp_min`, `clamp_max`: nothing at steps where the bounds cross. */
import { ABSENT, type SeriesMatrix } from "../columns/series-matrix.ts";
import { larger, smaller } from "./extremes.ts";
import { mapFloats } from "./map-samples.ts";
import { type VectorCall, type VectorFunction, withoutMetricName } from "./vector-call.ts";

export const clamp: VectorFunction = (call) => clampTo(call, call.scalars[0]!, call.scalars[1]!);

export const clampMin: VectorFunction = (call) => clampTo(call, call.scalars[0]!, null);

export const clampMax: VectorFunction = (call) => clampTo(call, null, call.scalars[0]!);

async function clampTo(
  call: VectorCall,
  min: Float64Array | null,
  max: Float64Array | null,
): Promise<SeriesMatrix> {
  const matrix = call.vectors[0]!;
  const minAt = (step: number): number => (min === null ? -Infinity : min[step]!);
  const maxAt = (step: number): number => (max === null ? Infinity : max[step]!);
  const bound = (value: number, step: number): number =>
    larger(minAt(step), smaller(maxAt(step), value));
  await mapFloats(matrix, call.pace, bound);
  const { count } = matrix.grid;
  for (let step = 0; step < count; step++) {
    if (!(maxAt(step) < minAt(step))) continue;
    for (let cell = step; cell < matrix.kinds.length; cell += count) matrix.kinds[cell] = ABSENT;
  }
  return withoutMetricName(matrix, call);
}
