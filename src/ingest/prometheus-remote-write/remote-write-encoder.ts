/**
 * Builds the body of a remote-write 1.0 request (`prometheus.WriteRequest`), uncompressed, one sample
 * per series: what a collector hands to the write door. Values are copied as bits, so a stale marker
 * put into the column stays one.
 *
 * WriteRequest { repeated TimeSeries timeseries = 1 }   Label  { string name = 1; string value = 2 }
 * TimeSeries { repeated Label labels = 1; repeated Sample samples = 2 }
 * Sample { double value = 1; int64 timestamp = 2 }
 */
import { assert } from "#base/assert.ts";
import { ByteWriter } from "#base/bytes/byte-writer.ts";
import { VARINT_BYTES_MAX, varintBytes } from "#base/bytes/varint.ts";
import type { Labels } from "#model/labels.ts";
import { wordsOf } from "#model/staleness.ts";

const LENGTH_FIELD = 2;
const SERIES_TAG = (1 << 3) | LENGTH_FIELD;
const LABELS_TAG = (1 << 3) | LENGTH_FIELD;
const SAMPLES_TAG = (2 << 3) | LENGTH_FIELD;
const NAME_TAG = (1 << 3) | LENGTH_FIELD;
const VALUE_TAG = (2 << 3) | LENGTH_FIELD;
const SAMPLE_VALUE_TAG = (1 << 3) | 1;
const SAMPLE_TIMESTAMP_TAG = 2 << 3;
const DOUBLE_BYTES = 8;

export interface SampleColumns {
  readonly labels: readonly Labels[];
  readonly values: Float64Array;
  /** Integer milliseconds. */
  readonly timestamps: Float64Array;
}

/** Throws `bytes.limit` when the body would pass `bytesMax`. */
export function encodeWriteRequest(columns: SampleColumns, bytesMax: number): Uint8Array {
  const { labels, values, timestamps } = columns;
  assert(
    labels.length === values.length && labels.length === timestamps.length,
    () => `columns: got ${labels.length}, ${values.length} and ${timestamps.length} rows`,
  );
  const writer = new ByteWriter({ bytesMax });
  const words = wordsOf(values);
  for (let i = 0; i < labels.length; i++) {
    const series = labels[i]!;
    const timestampMs = timestamps[i]!;
    const sampleBytes = 1 + DOUBLE_BYTES + 1 + signedBytes(timestampMs);
    writer.u8(SERIES_TAG);
    writer.varint(labelsBytes(series) + 1 + varintBytes(sampleBytes) + sampleBytes);
    writeLabels(writer, series);
    writer.u8(SAMPLES_TAG);
    writer.varint(sampleBytes);
    writer.u8(SAMPLE_VALUE_TAG);
    writer.u32(words[i * 2]!);
    writer.u32(words[i * 2 + 1]!);
    writer.u8(SAMPLE_TIMESTAMP_TAG);
    writeSigned(writer, timestampMs);
  }
  return writer.take();
}

function labelsBytes(labels: Labels): number {
  let bytes = 0;
  for (let i = 0; i < labels.length; i += 2) {
    const pairBytes = pairLength(labels[i]!, labels[i + 1]!);
    bytes += 1 + varintBytes(pairBytes) + pairBytes;
  }
  return bytes;
}

function writeLabels(writer: ByteWriter, labels: Labels): void {
  for (let i = 0; i < labels.length; i += 2) {
    writer.u8(LABELS_TAG);
    writer.varint(pairLength(labels[i]!, labels[i + 1]!));
    writeText(writer, NAME_TAG, labels[i]!);
    writeText(writer, VALUE_TAG, labels[i + 1]!);
  }
}

function pairLength(name: string, value: string): number {
  return textBytes(name) + textBytes(value);
}

function textBytes(text: string): number {
  const bytes = Buffer.byteLength(text);
  return 1 + varintBytes(bytes) + bytes;
}

function writeText(writer: ByteWriter, tag: number, text: string): void {
  const bytes = Buffer.from(text);
  writer.u8(tag);
  writer.varint(bytes.length);
  writer.bytes(bytes);
}

/** An int64 is not zigzagged: a negative one always takes ten bytes. */
function signedBytes(value: number): number {
  return value < 0 ? VARINT_BYTES_MAX : varintBytes(value);
}

function writeSigned(writer: ByteWriter, value: number): void {
  if (value >= 0) {
    writer.varint(value);
    return;
  }
  // Two's complement in seven-bit groups; once per sample and only before 1970.
  let rest = BigInt.asUintN(64, BigInt(value));
  for (let i = 1; i < VARINT_BYTES_MAX; i++) {
    writer.u8(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  writer.u8(Number(rest));
}
