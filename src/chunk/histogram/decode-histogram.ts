/**
 * From canonical bytes back to the histogram. Lengths are checked before anything is allocated by
 * them; what an encoder would not have written is `chunk.corrupt`.
 */
import { ByteReader } from "#base/bytes/byte-reader.ts";
import { EngineError } from "#base/engine-error.ts";
import {
  CUSTOM_BUCKETS_SCHEMA,
  type FloatHistogram,
  type HistogramSpan,
} from "#model/float-histogram.ts";
import { CHUNK_CORRUPT } from "../chunk-errors.ts";
import {
  HISTOGRAM_BUCKETS_MAX,
  HISTOGRAM_FLAGS,
  HISTOGRAM_HAS_ZERO_BUCKET,
  HISTOGRAM_HINT_SHIFT,
  HISTOGRAM_HINTS,
  HISTOGRAM_INTEGER,
  HISTOGRAM_SCHEMA_MAX,
  HISTOGRAM_SCHEMA_MIN,
  HISTOGRAM_UNIT_BYTES,
} from "./histogram-format.ts";

const NO_BOUNDS = new Float64Array(0);

/** The item is `bytes[start, end)`, as its owner says; its own length must agree. */
export function decodeHistogram(
  bytes: Uint8Array,
  start: number = 0,
  end: number = bytes.length,
): FloatHistogram {
  const reader = new ByteReader(bytes, start, end);
  const claimed = reader.u16() * HISTOGRAM_UNIT_BYTES;
  const flags = reader.u8();
  const schema = (reader.u8() << 24) >> 24;
  if (claimed !== end - start) reader.fail(`got ${end - start} bytes, want ${claimed}`);
  if (flags > HISTOGRAM_FLAGS) reader.fail(`flags ${flags}`);
  const isCustom = schema === CUSTOM_BUCKETS_SCHEMA;
  if (!isCustom && (schema < HISTOGRAM_SCHEMA_MIN || schema > HISTOGRAM_SCHEMA_MAX)) {
    reader.fail(`schema ${schema}`);
  }
  const isInteger = (flags & HISTOGRAM_INTEGER) !== 0;
  const hasZeroBucket = (flags & HISTOGRAM_HAS_ZERO_BUCKET) !== 0;
  const sum = reader.f64();
  const count = readCount(reader, isInteger);
  const zeroThreshold = hasZeroBucket ? reader.f64() : 0;
  const zeroCount = hasZeroBucket ? readCount(reader, isInteger) : 0;
  const positiveSpans = readSpans(reader);
  const negativeSpans = readSpans(reader);
  const customValues = isCustom ? readColumn(reader, reader.varint(), false) : NO_BOUNDS;
  const positiveBuckets = readColumn(reader, bucketsOf(positiveSpans), isInteger);
  const negativeBuckets = readColumn(reader, bucketsOf(negativeSpans), isInteger);
  if (reader.remaining >= HISTOGRAM_UNIT_BYTES) reader.fail(`${reader.remaining} bytes left over`);
  if (!reader.ok) {
    throw new EngineError(
      CHUNK_CORRUPT,
      `cannot decode a histogram: ${reader.failure} at byte ${reader.offset}`,
    );
  }
  return {
    schema,
    counterResetHint: HISTOGRAM_HINTS[(flags >> HISTOGRAM_HINT_SHIFT) & 3]!,
    count,
    sum,
    stale: false,
    zeroThreshold,
    zeroCount,
    positiveSpans,
    positiveBuckets,
    negativeSpans,
    negativeBuckets,
    customValues,
  };
}

function readCount(reader: ByteReader, isInteger: boolean): number {
  return isInteger ? reader.varint() : reader.f64();
}

function readSpans(reader: ByteReader): HistogramSpan[] {
  const count = reader.varint();
  const spans: HistogramSpan[] = [];
  let buckets = 0;
  for (let i = 0; i < count && reader.ok; i++) {
    const offset = reader.signedVarint();
    const length = reader.varint();
    if (length === 0 || (i > 0 && offset <= 0)) reader.fail(`span ${offset}, ${length}`);
    buckets += length;
    if (buckets > HISTOGRAM_BUCKETS_MAX) reader.fail(`more than ${HISTOGRAM_BUCKETS_MAX} buckets`);
    spans.push({ offset, length });
  }
  return reader.ok ? spans : [];
}

function bucketsOf(spans: readonly HistogramSpan[]): number {
  return spans.reduce((sum, { length }) => sum + length, 0);
}

/** A count takes at least a byte, a bound eight: what is left bounds the column before it is made. */
function readColumn(reader: ByteReader, length: number, isInteger: boolean): Float64Array {
  if (length > reader.remaining) reader.fail(`${length} numbers in ${reader.remaining} bytes`);
  if (!reader.ok) return NO_BOUNDS;
  const column = new Float64Array(length);
  for (let i = 0; i < length; i++) column[i] = readCount(reader, isInteger);
  return column;
}
