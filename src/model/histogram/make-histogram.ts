/** Builds float histograms from their parts, with the fields most callers leave at their default. */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { type BucketSide, EMPTY_SIDE, spansOf } from "./bucket-side.ts";

export interface HistogramParts extends Partial<
  Omit<
    FloatHistogram,
    "positiveSpans" | "positiveBuckets" | "negativeSpans" | "negativeBuckets" | "stale"
  >
> {
  readonly positive?: BucketSide;
  readonly negative?: BucketSide;
}

const NO_BOUNDS = new Float64Array(0);

export function makeHistogram(parts: HistogramParts): FloatHistogram {
  const { positive = EMPTY_SIDE, negative = EMPTY_SIDE } = parts;
  return {
    schema: parts.schema ?? 0,
    counterResetHint: parts.counterResetHint ?? "unknown",
    count: parts.count ?? 0,
    sum: parts.sum ?? 0,
    stale: false,
    zeroThreshold: parts.zeroThreshold ?? 0,
    zeroCount: parts.zeroCount ?? 0,
    positiveSpans: spansOf(positive.indexes),
    positiveBuckets: positive.counts,
    negativeSpans: spansOf(negative.indexes),
    negativeBuckets: negative.counts,
    customValues: parts.customValues ?? NO_BOUNDS,
  };
}
