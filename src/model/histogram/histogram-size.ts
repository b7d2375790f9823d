/** What a histogram sample costs, in the unit of the samples budget: 16 bytes, a float sample. */
import type { FloatHistogram } from "#model/float-histogram.ts";

const FLOAT_SAMPLE_BYTES = 16;
/** Fixed fields and array headers of one histogram. */
const HISTOGRAM_BASE_BYTES = 168;

export function histogramSize(histogram: FloatHistogram): number {
  const words =
    histogram.positiveSpans.length +
    histogram.negativeSpans.length +
    histogram.positiveBuckets.length +
    histogram.negativeBuckets.length +
    histogram.customValues.length;
  // The timestamp beside it takes 8 bytes.
  return Math.floor((HISTOGRAM_BASE_BYTES + 8 * words + 8) / FLOAT_SAMPLE_BYTES);
}
