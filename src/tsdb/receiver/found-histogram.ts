/** From what a message says to what is stored: judged, not finer than the finest, in canonical bytes. */
import { encodeHistogram } from "#chunk/histogram/encode-histogram.ts";
import {
  HISTOGRAM_BUCKETS_MAX,
  HISTOGRAM_BYTES_MAX,
  HISTOGRAM_SCHEMA_MAX,
} from "#chunk/histogram/histogram-format.ts";
import type { FloatHistogram } from "#model/float-histogram.ts";
import {
  negativeSide,
  positiveSide,
  reduceSide,
  spansOf,
  type BucketSide,
} from "#model/histogram/bucket-side.ts";
import { histogramFault } from "#model/histogram/histogram-fault.ts";
import type { HistogramFields } from "./histogram-fields.ts";

export type FoundHistogram =
  | { readonly kind: "histogram"; readonly timestampMs: number; readonly item: Uint8Array }
  | { readonly kind: "stale"; readonly timestampMs: number }
  | { readonly kind: "invalid"; readonly timestampMs: number | null; readonly reason: string };

/** `fields` as `readHistogramFields` gives them. */
export function foundHistogram(fields: HistogramFields | string | null): FoundHistogram {
  if (fields === null) return { kind: "invalid", timestampMs: null, reason: "not readable" };
  if (typeof fields === "string") return { kind: "invalid", timestampMs: null, reason: fields };
  const { timestampMs, histogram, isInteger } = fields;
  // Only that the series has ended is kept of it, whatever else it says.
  if (histogram.stale) return { kind: "stale", timestampMs };
  const fault = histogramFault(histogram, isInteger);
  if (fault !== null) return { kind: "invalid", timestampMs, reason: fault };
  const kept = asFineAsKept(histogram);
  if (kept.positiveBuckets.length + kept.negativeBuckets.length > HISTOGRAM_BUCKETS_MAX) {
    return { kind: "invalid", timestampMs, reason: `more than ${HISTOGRAM_BUCKETS_MAX} buckets` };
  }
  const item = encodeHistogram(kept, isInteger);
  if (item !== null) return { kind: "histogram", timestampMs, item };
  return { kind: "invalid", timestampMs, reason: `more than ${HISTOGRAM_BYTES_MAX} bytes` };
}

function asFineAsKept(histogram: FloatHistogram): FloatHistogram {
  const { schema } = histogram;
  if (schema <= HISTOGRAM_SCHEMA_MAX) return histogram;
  const reduced = (side: BucketSide): BucketSide => reduceSide(side, schema, HISTOGRAM_SCHEMA_MAX);
  const positive = reduced(positiveSide(histogram));
  const negative = reduced(negativeSide(histogram));
  return {
    ...histogram,
    schema: HISTOGRAM_SCHEMA_MAX,
    positiveSpans: spansOf(positive.indexes),
    positiveBuckets: positive.counts,
    negativeSpans: spansOf(negative.indexes),
    negativeBuckets: negative.counts,
  };
}
