/**
 * The canonical form of a histogram: no empty buckets, no empty or touching spans. Two histograms
 * with equal contents have equal compact forms.
 */
import type { FloatHistogram, HistogramSpan } from "#model/float-histogram.ts";
import { type BucketSide, sideOf, spansOf } from "./bucket-side.ts";

/** The histogram itself when it is compact already. */
export function compactHistogram(histogram: FloatHistogram): FloatHistogram {
  const { positiveSpans, positiveBuckets, negativeSpans, negativeBuckets } = histogram;
  const positiveDone = isCompact(positiveSpans, positiveBuckets);
  const negativeDone = isCompact(negativeSpans, negativeBuckets);
  if (positiveDone && negativeDone) return histogram;
  const positive = withoutEmpty(sideOf(positiveSpans, positiveBuckets));
  const negative = withoutEmpty(sideOf(negativeSpans, negativeBuckets));
  return {
    ...histogram,
    positiveSpans: spansOf(positive.indexes),
    positiveBuckets: positive.counts,
    negativeSpans: spansOf(negative.indexes),
    negativeBuckets: negative.counts,
  };
}

function isCompact(spans: readonly HistogramSpan[], counts: Float64Array): boolean {
  for (let i = 0; i < counts.length; i++) if (counts[i] === 0) return false;
  return spans.every((span, i) => span.length > 0 && (i === 0 || span.offset > 0));
}

export function withoutEmpty(side: BucketSide): BucketSide {
  let kept = 0;
  for (let i = 0; i < side.counts.length; i++) if (side.counts[i] !== 0) kept++;
  if (kept === side.counts.length) return side;
  const indexes = new Int32Array(kept);
  const counts = new Float64Array(kept);
  let at = 0;
  for (let i = 0; i < side.counts.length; i++) {
    if (side.counts[i] === 0) continue;
    indexes[at] = side.indexes[i]!;
    counts[at++] = side.counts[i]!;
  }
  return { indexes, counts };
}
