/** `round`: to the nearest multiple, ties upwards. */
import { mapFloats } from "./map-samples.ts";
import { type VectorFunction, withoutMetricName } from "./vector-call.ts";

export const round: VectorFunction = async (call) => {
  const toNearest = call.scalars[0];
  const matrix = await mapFloats(call.vectors[0]!, call.pace, (value, step) => {
    // Multiplying with the inverse is more accurate for the usual 0.1, 0.01, ...
    const inverse = 1 / (toNearest?.[step] ?? 1);
    return Math.floor(value * inverse + 0.5) / inverse;
  });
  return withoutMetricName(matrix, call);
};
