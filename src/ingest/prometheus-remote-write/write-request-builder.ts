/**
 * Gathers series into the body of a remote-write 1.0 request, uncompressed, up to a size. Values are
 * copied as bits, so a stale marker put into the column stays one.
 *
 * WriteRequest { repeated TimeSeries timeseries = 1 }   Label  { string name = 1; string value = 2 }
 * TimeSeries { repeated Label labels = 1; repeated Sample samples = 2 }
 * Sample { double value = 1; int64 timestamp = 2 }
 * MetricMetadata { type = 1; string metric_family_name = 2; string help = 4 }, field 3 of the request
 */
import { assert } from "#base/assert.ts";
import { ByteWriter } from "#base/bytes/byte-writer.ts";
import { VARINT_BYTES_MAX, varintBytes } from "#base/bytes/varint.ts";
import type { Labels } from "#model/labels.ts";

const LENGTH_FIELD = 2;
const SERIES_TAG = (1 << 3) | LENGTH_FIELD;
const LABELS_TAG = (1 << 3) | LENGTH_FIELD;
const SAMPLES_TAG = (2 << 3) | LENGTH_FIELD;
const NAME_TAG = (1 << 3) | LENGTH_FIELD;
const VALUE_TAG = (2 << 3) | LENGTH_FIELD;
const SAMPLE_VALUE_TAG = (1 << 3) | 1;
const SAMPLE_TIMESTAMP_TAG = 2 << 3;
const DOUBLE_BYTES = 8;
const METADATA_TAG = (3 << 3) | LENGTH_FIELD;
const TYPE_TAG = 1 << 3;
const METRIC_TAG = (2 << 3) | LENGTH_FIELD;
const HELP_TAG = (4 << 3) | LENGTH_FIELD;
/** Tags and lengths around a name and its value, and around a series with one sample: at most. */
const PAIR_OVERHEAD_BYTES = 16;
const SERIES_OVERHEAD_BYTES = 64;

/** A run of samples of one series. */
export interface SampleRun {
  /** Two words per value, low then high: NaN bits survive only as words. */
  readonly valueWords: Uint32Array;
  /** Integer milliseconds. */
  readonly timestamps: Float64Array;
  readonly from: number;
  readonly to: number;
}

/** What is known about a metric. */
export interface MetricFacts {
  readonly metric: string;
  /** Index into `METRIC_TYPES`. */
  readonly type: number;
  readonly help: string;
}

export class WriteRequestBuilder {
  readonly #bytesMax: number;
  readonly #writer: ByteWriter;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#writer = new ByteWriter({ bytesMax });
  }

  get length(): number {
    return this.#writer.length;
  }

  /** False: not one sample with these labels fits even when the builder is empty. */
  canHold(labels: Labels): boolean {
    // A UTF-16 unit is at most three bytes: most labels need no count.
    let units = 0;
    for (const text of labels) units += text.length;
    if (3 * units + labels.length * PAIR_OVERHEAD_BYTES < this.#bytesMax / 2) return true;
    return labelsBytes(labels) + SERIES_OVERHEAD_BYTES < this.#bytesMax;
  }

  /** Adds as many samples of the run as fit; returns the index of the first that did not. */
  add(labels: Labels, run: SampleRun): number {
    const labelBytes = labelsBytes(labels);
    const room = this.#bytesMax - this.#writer.length - 1 - VARINT_BYTES_MAX - labelBytes;
    let seriesBytes = labelBytes;
    let to = run.from;
    for (; to < run.to; to++) {
      const bytes = 2 + sampleBytes(run.timestamps[to]!);
      if (seriesBytes - labelBytes + bytes > room) break;
      seriesBytes += bytes;
    }
    if (to === run.from) return to;
    this.#writer.u8(SERIES_TAG);
    this.#writer.varint(seriesBytes);
    this.#writeLabels(labels);
    for (let i = run.from; i < to; i++) this.#writeSample(run, i);
    return to;
  }

  /** False, and nothing added, when there is no room. */
  addFacts({ metric, type, help }: MetricFacts): boolean {
    const bytes = 1 + varintBytes(type) + textBytes(metric) + textBytes(help);
    if (this.#writer.length + 1 + varintBytes(bytes) + bytes > this.#bytesMax) return false;
    this.#writer.u8(METADATA_TAG);
    this.#writer.varint(bytes);
    this.#writer.u8(TYPE_TAG);
    this.#writer.varint(type);
    this.#writeText(METRIC_TAG, metric);
    this.#writeText(HELP_TAG, help);
    return true;
  }

  /** A copy; the builder is empty afterwards. */
  take(): Uint8Array {
    return this.#writer.take();
  }

  #writeLabels(labels: Labels): void {
    for (let i = 0; i < labels.length; i += 2) {
      this.#writer.u8(LABELS_TAG);
      this.#writer.varint(textBytes(labels[i]!) + textBytes(labels[i + 1]!));
      this.#writeText(NAME_TAG, labels[i]!);
      this.#writeText(VALUE_TAG, labels[i + 1]!);
    }
  }

  #writeText(tag: number, text: string): void {
    const bytes = Buffer.from(text);
    this.#writer.u8(tag);
    this.#writer.varint(bytes.length);
    this.#writer.bytes(bytes);
  }

  #writeSample({ valueWords, timestamps }: SampleRun, index: number): void {
    const writer = this.#writer;
    const timestampMs = timestamps[index]!;
    writer.u8(SAMPLES_TAG);
    writer.varint(sampleBytes(timestampMs));
    writer.u8(SAMPLE_VALUE_TAG);
    writer.u32(valueWords[index * 2]!);
    writer.u32(valueWords[index * 2 + 1]!);
    writer.u8(SAMPLE_TIMESTAMP_TAG);
    this.#writeSigned(timestampMs);
  }

  #writeSigned(value: number): void {
    assert(Number.isSafeInteger(value), () => `write request: got timestamp ${value}`);
    if (value >= 0) {
      this.#writer.varint(value);
      return;
    }
    // Two's complement in seven-bit groups; once per sample and only before 1970.
    let rest = BigInt.asUintN(64, BigInt(value));
    for (let i = 1; i < VARINT_BYTES_MAX; i++) {
      this.#writer.u8(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#writer.u8(Number(rest));
  }
}

function labelsBytes(labels: Labels): number {
  let bytes = 0;
  for (let i = 0; i < labels.length; i += 2) {
    const pairBytes = textBytes(labels[i]!) + textBytes(labels[i + 1]!);
    bytes += 1 + varintBytes(pairBytes) + pairBytes;
  }
  return bytes;
}

function textBytes(text: string): number {
  const bytes = Buffer.byteLength(text);
  return 1 + varintBytes(bytes) + bytes;
}

function sampleBytes(timestampMs: number): number {
  // An int64 is not zigzagged: a negative one always takes ten bytes.
  const bytes = timestampMs < 0 ? VARINT_BYTES_MAX : varintBytes(timestampMs);
  return 1 + DOUBLE_BYTES + 1 + bytes;
}
