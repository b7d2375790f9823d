/**
 * Canonical bytes of a native histogram: the same histogram always gives the same bytes, so equal
 * bytes are equal samples and a hash of them stands for the sample. Spans that touch become one,
 * empty ones go; buckets stay as they are, empty ones too. Drawn in FORMAT.md.
 */
import { assert } from "#base/assert.ts";
import { ByteWriter } from "#base/bytes/byte-writer.ts";
import {
  CUSTOM_BUCKETS_SCHEMA,
  type FloatHistogram,
  type HistogramSpan,
} from "#model/float-histogram.ts";
import {
  HISTOGRAM_BUCKETS_MAX,
  HISTOGRAM_BYTES_MAX,
  HISTOGRAM_HAS_ZERO_BUCKET,
  HISTOGRAM_HEADER_BYTES,
  HISTOGRAM_HINT_SHIFT,
  HISTOGRAM_HINTS,
  HISTOGRAM_INTEGER,
  HISTOGRAM_UNIT_BYTES,
} from "./histogram-format.ts";

/** 8 bytes per count and bound, 16 per span of one bucket, of each as many as there may be. */
const ROOM_BYTES: number = 64 + 32 * HISTOGRAM_BUCKETS_MAX;

/** Filled anew by every call; it keeps the room it once needed. */
const writer = new ByteWriter({ bytesMax: ROOM_BYTES });

/**
 * A copy; null when the item would pass HISTOGRAM_BYTES_MAX. `isInteger` says that the sender
 * counted in whole numbers; all counts are then below 2^53. Stale markers are no histograms here.
 */
export function encodeHistogram(histogram: FloatHistogram, isInteger: boolean): Uint8Array | null {
  const { positiveBuckets, negativeBuckets, customValues, schema } = histogram;
  const buckets = positiveBuckets.length + negativeBuckets.length;
  assert(!histogram.stale, "encode histogram: a stale marker has no bytes");
  assert(
    buckets <= HISTOGRAM_BUCKETS_MAX && customValues.length <= HISTOGRAM_BUCKETS_MAX,
    () => `encode histogram: got ${buckets} buckets, ${customValues.length} bounds`,
  );
  const hasZeroBucket =
    !Object.is(histogram.zeroThreshold, 0) || !Object.is(histogram.zeroCount, 0);
  writer.reset();
  writer.skip(HISTOGRAM_HEADER_BYTES);
  writer.f64(histogram.sum);
  writeCount(histogram.count, isInteger);
  if (hasZeroBucket) {
    writer.f64(histogram.zeroThreshold);
    writeCount(histogram.zeroCount, isInteger);
  }
  writeSpans(histogram.positiveSpans, positiveBuckets.length);
  writeSpans(histogram.negativeSpans, negativeBuckets.length);
  if (schema === CUSTOM_BUCKETS_SCHEMA) {
    writer.varint(customValues.length);
    for (const bound of customValues) writer.f64(bound);
  }
  for (const count of positiveBuckets) writeCount(count, isInteger);
  for (const count of negativeBuckets) writeCount(count, isInteger);
  writer.align(HISTOGRAM_UNIT_BYTES);
  if (writer.length > HISTOGRAM_BYTES_MAX) return null;

  const hint = HISTOGRAM_HINTS.indexOf(histogram.counterResetHint);
  const item = writer.take();
  const header = new DataView(item.buffer);
  header.setUint16(0, item.length / HISTOGRAM_UNIT_BYTES, true);
  header.setUint8(
    2,
    (isInteger ? HISTOGRAM_INTEGER : 0) |
      (hint << HISTOGRAM_HINT_SHIFT) |
      (hasZeroBucket ? HISTOGRAM_HAS_ZERO_BUCKET : 0),
  );
  header.setInt8(3, schema);
  return item;
}

function writeCount(count: number, isInteger: boolean): void {
  if (isInteger) writer.varint(count);
  else writer.f64(count);
}

function writeSpans(spans: readonly HistogramSpan[], buckets: number): void {
  const merged = mergedSpans(spans);
  const covered = merged.reduce((sum, { length }) => sum + length, 0);
  assert(
    covered === buckets,
    () => `encode histogram: spans of ${covered}, got ${buckets} buckets`,
  );
  writer.varint(merged.length);
  for (const { offset, length } of merged) {
    writer.signedVarint(offset);
    writer.varint(length);
  }
}

/** Spans without those of no buckets, and touching ones as one. */
function mergedSpans(spans: readonly HistogramSpan[]): HistogramSpan[] {
  const merged: HistogramSpan[] = [];
  let gap = 0;
  for (const { offset, length } of spans) {
    gap += offset;
    if (length === 0) continue;
    const last = merged.at(-1);
    if (gap === 0 && last !== undefined) {
      merged[merged.length - 1] = { offset: last.offset, length: last.length + length };
    } else {
      merged.push({ offset: gap, length });
    }
    gap = 0;
  }
  return merged;
}
