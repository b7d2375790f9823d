/**
 * Payload of RECORD_HISTOGRAMS: samples as in RECORD_SAMPLES, and the items of those that are native
 * histograms. Drawn in FORMAT.md. Replay appends the samples and keeps the items beside them.
 */
import { assert } from "#base/assert.ts";
import { align8 } from "#base/bytes/align8.ts";
import { EngineError } from "#base/engine-error.ts";
import { HISTOGRAM_UNIT_BYTES } from "#chunk/histogram/histogram-format.ts";
import type { HistogramColumn } from "#storage/histogram-column.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";

/** Where the samples begin. */
export const HISTOGRAMS_PREFIX_BYTES = 8;

/** Beside the samples. */
export function histogramsPayloadBytes({ sampleIndex, bytes }: HistogramColumn): number {
  return HISTOGRAMS_PREFIX_BYTES + align8(4 * sampleIndex.length) + bytes.length;
}

/**
 * Completes a payload whose samples stand at HISTOGRAMS_PREFIX_BYTES of `into` already, with
 * `samplesBytes`; returns the bytes of the whole.
 */
export function encodeHistograms(
  into: Uint8Array,
  samplesBytes: number,
  column: HistogramColumn,
): number {
  const { sampleIndex, start, bytes } = column;
  const count = sampleIndex.length;
  assert(start[0] === 0 && start[count] === bytes.length, "histogram record: items with gaps");
  const prefix = new Uint32Array(into.buffer, into.byteOffset, 2);
  prefix[0] = samplesBytes;
  prefix[1] = count;
  const at = HISTOGRAMS_PREFIX_BYTES + samplesBytes;
  const rows = new Uint32Array(into.buffer, into.byteOffset + at, align8(4 * count) / 4);
  rows.fill(0, count);
  rows.set(sampleIndex);
  into.set(bytes, at + 4 * rows.length);
  return at + 4 * rows.length + bytes.length;
}

export interface HistogramsPayload {
  /** The payload of a RECORD_SAMPLES, a view. */
  readonly samples: Uint8Array;
  /** Views too, but for the starts. */
  readonly histograms: HistogramColumn;
}

/** Errors: `storage.corruption`; the items are not looked into beyond their lengths. */
export function decodeHistograms(payload: Uint8Array): HistogramsPayload {
  assert(payload.byteOffset % 8 === 0, () => `histograms: offset ${payload.byteOffset} unaligned`);
  if (payload.length < HISTOGRAMS_PREFIX_BYTES) throw malformed(`${payload.length} bytes`);
  const [samplesBytes, count] = new Uint32Array(payload.buffer, payload.byteOffset, 2);
  const rowsAt = HISTOGRAMS_PREFIX_BYTES + samplesBytes!;
  const itemsAt = rowsAt + align8(4 * count!);
  if (samplesBytes! % 8 !== 0 || count === 0 || itemsAt > payload.length) {
    throw malformed(`${samplesBytes} bytes of samples, ${count} items in ${payload.length} bytes`);
  }
  const sampleIndex = new Uint32Array(payload.buffer, payload.byteOffset + rowsAt, count);
  const bytes = payload.subarray(itemsAt);
  const start = new Uint32Array(count! + 1);
  let at = 0;
  for (let i = 0; i < count!; i++) {
    if (i > 0 && sampleIndex[i]! <= sampleIndex[i - 1]!) throw malformed(`rows out of order`);
    // Behind the end both bytes are undefined and the length is 0.
    at += ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)) * HISTOGRAM_UNIT_BYTES;
    if (at === start[i]) throw malformed(`item ${i} of ${count} has no length`);
    start[i + 1] = at;
  }
  if (at !== bytes.length) throw malformed(`items of ${at} bytes, got ${bytes.length}`);
  const samples = payload.subarray(HISTOGRAMS_PREFIX_BYTES, rowsAt);
  return { samples, histograms: { sampleIndex, start, bytes } };
}

function malformed(cause: string): EngineError {
  return new EngineError(CORRUPTION, `cannot decode a record of histograms: ${cause}`);
}
