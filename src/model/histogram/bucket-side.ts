/**
 * One side (positive or negative) of a native histogram as two columns: ascending bucket indexes
 * and their counts. Spans are the stored form; arithmetic works on this one and converts back with
 * as few spans as possible.
 */
import { assert } from "#base/assert.ts";
import type { FloatHistogram, HistogramSpan } from "#model/float-histogram.ts";

export interface BucketSide {
  readonly indexes: Int32Array;
  readonly counts: Float64Array;
}

export const EMPTY_SIDE: BucketSide = { indexes: new Int32Array(0), counts: new Float64Array(0) };

export function positiveSide(histogram: FloatHistogram): BucketSide {
  return sideOf(histogram.positiveSpans, histogram.positiveBuckets);
}

export function negativeSide(histogram: FloatHistogram): BucketSide {
  return sideOf(histogram.negativeSpans, histogram.negativeBuckets);
}

/** The counts are shared with the histogram, not copied. */
export function sideOf(spans: readonly HistogramSpan[], counts: Float64Array): BucketSide {
  if (counts.length === 0) return EMPTY_SIDE;
  const indexes = new Int32Array(counts.length);
  let at = 0;
  let index = 0;
  for (const { offset, length } of spans) {
    index += offset;
    for (let i = 0; i < length; i++) indexes[at++] = index++;
  }
  assert(at === counts.length, () => `histogram: spans of ${at} buckets, got ${counts.length}`);
  return { indexes, counts };
}

export function spansOf(indexes: ArrayLike<number>): HistogramSpan[] {
  const spans: HistogramSpan[] = [];
  let end = 0;
  for (let from = 0; from < indexes.length;) {
    let to = from + 1;
    while (to < indexes.length && indexes[to] === indexes[to - 1]! + 1) to++;
    spans.push({ offset: indexes[from]! - end, length: to - from });
    end = indexes[to - 1]! + 1;
    from = to;
  }
  return spans;
}

/** Index of the bucket of `targetSchema` that holds bucket `index` of the finer `schema`. */
export function coarserIndex(index: number, schema: number, targetSchema: number): number {
  return Math.floor((index - 1) / 2 ** (schema - targetSchema)) + 1;
}

/** The side with buckets merged to a schema that is not finer. */
export function reduceSide(side: BucketSide, schema: number, targetSchema: number): BucketSide {
  assert(targetSchema <= schema, () => `histogram: schema ${schema} to finer ${targetSchema}`);
  if (targetSchema === schema || side.indexes.length === 0) return side;
  const indexes: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < side.indexes.length; i++) {
    const index = coarserIndex(side.indexes[i]!, schema, targetSchema);
    const last = indexes.length - 1;
    if (last >= 0 && indexes[last] === index) counts[last]! += side.counts[i]!;
    else {
      indexes.push(index);
      counts.push(side.counts[i]!);
    }
  }
  return { indexes: Int32Array.from(indexes), counts: Float64Array.from(counts) };
}
