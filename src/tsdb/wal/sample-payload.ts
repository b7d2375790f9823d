/**
 * Payload of RECORD_SAMPLES: `count` samples (ref, timestamp, value) in one of three layouts, drawn
 * in FORMAT.md; the encoder takes the smallest. Values move as one block copy, so NaN payload bits
 * survive. Little-endian and 8-byte aligned: both ends view the columns in place.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";

/** Consecutive refs with one timestamp share 16 bytes: the samples of one scrape. */
export const SAMPLES_RUNS = 0;
/** A ref and a 32-bit distance from a base timestamp per sample. */
export const SAMPLES_COLUMNS = 1;
/** A ref and a whole timestamp per sample. */
export const SAMPLES_WIDE = 2;

const PREFIX_BYTES = 8;
const RUN_BYTES = 16;
const WORD = 0x1_0000_0000;
const DELTA_MIN = -0x8000_0000;
const DELTA_MAX = 0x7fff_ffff;

export interface SampleColumns {
  readonly refs: Uint32Array;
  /** Integer milliseconds. */
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
}

/** Room that always suffices for `count` samples, whichever layout the encoder takes. */
export function samplesPayloadBytesMax(count: number): number {
  return PREFIX_BYTES + pad8(4 * count) + 16 * count;
}

/**
 * Writes the first `count` samples of the columns to the front of `into` (8-aligned, at least
 * `samplesPayloadBytesMax(count)` long) and returns the bytes used, a multiple of 8.
 */
export function encodeSamples(
  into: Uint8Array,
  refs: Uint32Array,
  timestamps: Float64Array,
  values: Float64Array,
  count: number,
): number {
  assert(count > 0 && refs.length >= count, () => `samples: ${count} of ${refs.length} refs`);
  assert(timestamps.length >= count && values.length >= count, "samples: columns differ in length");
  assert(into.byteOffset % 8 === 0, () => `samples: offset ${into.byteOffset} is not 8-aligned`);
  assert(
    into.length >= samplesPayloadBytesMax(count),
    () => `samples: ${into.length} bytes of room for ${count} samples`,
  );
  const base = timestamps[0]!;
  const wideBytes = pad8(4 * count) + 8 * count;
  const words = new Uint32Array(into.buffer, into.byteOffset, (PREFIX_BYTES + wideBytes) >>> 2);
  const { runCount, min, max } = writeRuns(words, refs, timestamps, count);
  const isNear = min - base >= DELTA_MIN && max - base <= DELTA_MAX;
  const columnBytes = isNear ? 8 + 2 * pad8(4 * count) : wideBytes;
  let offset: number;
  if (RUN_BYTES * runCount <= columnBytes) {
    words[0] = SAMPLES_RUNS;
    words[1] = runCount;
    offset = PREFIX_BYTES + RUN_BYTES * runCount;
  } else if (isNear) {
    offset = encodeColumns(into, refs, timestamps, count, base);
  } else {
    offset = encodeWide(into, refs, timestamps, count);
  }
  new Float64Array(into.buffer, into.byteOffset + offset, count).set(
    values.length === count ? values : values.subarray(0, count),
  );
  return offset + 8 * count;
}

/**
 * Fills the first `count` rows of `out`, where `count` is that of the record. A payload that does
 * not hold exactly that many samples is corruption: its checksum was right, its maker was not.
 */
export function decodeSamples(payload: Uint8Array, count: number, out: SampleColumns): void {
  assert(payload.byteOffset % 8 === 0, () => `samples: offset ${payload.byteOffset} unaligned`);
  assert(
    out.refs.length >= count && out.timestamps.length >= count && out.values.length >= count,
    () => `samples: ${out.refs.length} rows of room for ${count} samples`,
  );
  if (payload.length < PREFIX_BYTES || payload.length % 8 !== 0 || count < 1) {
    throw malformed(`${payload.length} bytes for ${count} samples`);
  }
  const words = new Uint32Array(payload.buffer, payload.byteOffset, payload.length / 4);
  const mode = words[0]!;
  const valuesOffset = valuesOffsetOf(mode, words[1]!, count);
  if (payload.length !== valuesOffset + 8 * count) {
    throw malformed(`${payload.length} bytes in mode ${mode} for ${count} samples`);
  }
  if (mode === SAMPLES_RUNS) decodeRuns(words, count, out);
  else if (mode === SAMPLES_COLUMNS) decodeColumns(words, count, out);
  else decodeWide(words, count, out);
  out.values.set(new Float64Array(payload.buffer, payload.byteOffset + valuesOffset, count));
}

interface RunSummary {
  readonly runCount: number;
  readonly min: number;
  readonly max: number;
}

/** Writes the runs as long as they fit into `words`, and counts them all: one pass over the rows. */
function writeRuns(
  words: Uint32Array,
  refs: Uint32Array,
  timestamps: Float64Array,
  count: number,
): RunSummary {
  let runCount = 0;
  let min = timestamps[0]!;
  let max = min;
  let start = 0;
  while (start < count) {
    const timestamp = timestamps[start]!;
    let next = (refs[start]! + 1) | 0;
    let end = start + 1;
    while (end < count && (refs[end]! | 0) === next && timestamps[end]! === timestamp) {
      end++;
      next = (next + 1) | 0;
    }
    const at = 2 + 4 * runCount++;
    if (at + 4 <= words.length) {
      words[at] = refs[start]!;
      words[at + 1] = end - start;
      words[at + 2] = timestamp % WORD;
      words[at + 3] = Math.floor(timestamp / WORD);
    }
    if (timestamp < min) min = timestamp;
    if (timestamp > max) max = timestamp;
    start = end;
  }
  return { runCount, min, max };
}

function encodeColumns(
  into: Uint8Array,
  refs: Uint32Array,
  timestamps: Float64Array,
  count: number,
  base: number,
): number {
  const refBytes = pad8(4 * count);
  const bytes = PREFIX_BYTES + 8 + 2 * refBytes;
  const words = new Uint32Array(into.buffer, into.byteOffset, bytes / 4);
  words[0] = SAMPLES_COLUMNS;
  words[1] = count;
  words[2] = base % WORD;
  words[3] = Math.floor(base / WORD);
  words.set(refs.subarray(0, count), 4);
  const deltas = 4 + refBytes / 4;
  for (let i = 0; i < count; i++) words[deltas + i] = timestamps[i]! - base;
  if (count % 2 === 1) {
    words[4 + count] = 0;
    words[deltas + count] = 0;
  }
  return bytes;
}

function encodeWide(
  into: Uint8Array,
  refs: Uint32Array,
  timestamps: Float64Array,
  count: number,
): number {
  const refBytes = pad8(4 * count);
  const bytes = PREFIX_BYTES + refBytes + 8 * count;
  const words = new Uint32Array(into.buffer, into.byteOffset, bytes / 4);
  words[0] = SAMPLES_WIDE;
  words[1] = count;
  words.set(refs.subarray(0, count), 2);
  if (count % 2 === 1) words[2 + count] = 0;
  let at = 2 + refBytes / 4;
  for (let i = 0; i < count; i++) {
    const timestamp = timestamps[i]!;
    words[at] = timestamp % WORD;
    words[at + 1] = Math.floor(timestamp / WORD);
    at += 2;
  }
  return bytes;
}

/** Where the values start; `second` is the run count or the sample count, by mode. */
function valuesOffsetOf(mode: number, second: number, count: number): number {
  if (mode === SAMPLES_RUNS) return PREFIX_BYTES + RUN_BYTES * second;
  if (mode > SAMPLES_WIDE) throw malformed(`unknown mode ${mode}`);
  if (second !== count) throw malformed(`got ${second} samples, want ${count}`);
  if (mode === SAMPLES_COLUMNS) return PREFIX_BYTES + 8 + 2 * pad8(4 * count);
  return PREFIX_BYTES + pad8(4 * count) + 8 * count;
}

function decodeRuns(words: Uint32Array, count: number, out: SampleColumns): void {
  const { refs, timestamps } = out;
  const runCount = words[1]!;
  let row = 0;
  for (let run = 0; run < runCount; run++) {
    const at = 2 + 4 * run;
    const length = words[at + 1]!;
    if (length === 0 || row + length > count) throw malformed(`runs exceed ${count} samples`);
    let ref = words[at]!;
    const end = row + length;
    timestamps.fill((words[at + 3]! | 0) * WORD + words[at + 2]!, row, end);
    while (row < end) refs[row++] = ref++;
  }
  if (row !== count) throw malformed(`runs hold ${row} samples, want ${count}`);
}

function decodeColumns(words: Uint32Array, count: number, out: SampleColumns): void {
  const { refs, timestamps } = out;
  const base = (words[3]! | 0) * WORD + words[2]!;
  refs.set(words.subarray(4, 4 + count));
  const deltas = 4 + pad8(4 * count) / 4;
  for (let row = 0; row < count; row++) timestamps[row] = base + (words[deltas + row]! | 0);
}

function decodeWide(words: Uint32Array, count: number, out: SampleColumns): void {
  const { refs, timestamps } = out;
  refs.set(words.subarray(2, 2 + count));
  let at = 2 + pad8(4 * count) / 4;
  for (let row = 0; row < count; row++) {
    timestamps[row] = (words[at + 1]! | 0) * WORD + words[at]!;
    at += 2;
  }
}

function pad8(bytes: number): number {
  return (bytes + 7) & ~7;
}

function malformed(cause: string): EngineError {
  return new EngineError(CORRUPTION, `cannot decode samples: ${cause}`);
}
