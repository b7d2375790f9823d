/** `clamp`, `clamp_min`, `clamp_max`: nothing at steps where the bounds cross. */
import { ABSENT, type SeriesMatrix } from "../columns/series-matrix.ts";
import { mapFloats } from "./map-samples.ts";
import { type VectorCall, type VectorFunction, withoutMetricName } from "./vector-call.ts";

export const clamp: VectorFunction = (call) => clampTo(call, call.scalars[0]!, call.scalars[1]!);

export const clampMin: VectorFunction = (call) => clampTo(call, call.scalars[0]!, null);

export const clampMax: VectorFunction = (call) => clampTo(call, null, call.scalars[0]!);

function clampTo(
  call: VectorCall,
  min: Float64Array | null,
  max: Float64Array | null,
): SeriesMatrix {
  const matrix = call.vectors[0]!;
  const minAt = (step: number): number => (min === null ? -Infinity : min[step]!);
  const maxAt = (step: number): number => (max === null ? Infinity : max[step]!);
  mapFloats(matrix, (value, step) => Math.max(minAt(step), Math.min(maxAt(step), value)));
  const { count } = matrix.grid;
  for (let cell = 0; cell < matrix.kinds.length; cell++) {
    if (maxAt(cell % count) < minAt(cell % count)) matrix.kinds[cell] = ABSENT;
  }
  return withoutMetricName(matrix, call.features);
}
