/**
 * Reads the message of a native histogram, which the walk only finds; both versions of remote write
 * number its fields alike. Lists end at the number of buckets that a histogram may have, whatever
 * the message claims.
 *
 * Histogram { uint64 count_int = 1; double count_float = 2; double sum = 3; sint32 schema = 4;
 *   double zero_threshold = 5; uint64 zero_count_int = 6; double zero_count_float = 7;
 *   BucketSpan negative_spans = 8; sint64 negative_deltas = 9; double negative_counts = 10;
 *   BucketSpan positive_spans = 11; sint64 positive_deltas = 12; double positive_counts = 13;
 *   reset_hint = 14; int64 timestamp = 15; double custom_values = 16 }
 * BucketSpan { sint32 offset = 1; uint32 length = 2 }
 */
import { HISTOGRAM_BUCKETS_MAX, HISTOGRAM_HINTS } from "#chunk/histogram/histogram-format.ts";
import { ProtoField } from "#kernels/proto-field.ts";
import type { FloatHistogram, HistogramSpan } from "#model/float-histogram.ts";
import { STALE_NAN_HIGH, STALE_NAN_LOW } from "#model/staleness.ts";

export interface HistogramFields {
  /** Rounded where a number cannot hold it. */
  readonly timestampMs: number;
  readonly histogram: FloatHistogram;
  /** Counted in whole numbers, all of which a number holds. */
  readonly isInteger: boolean;
}

const VARINT = 0;
const FIXED = 1;
const BYTES = 2;
const WORD = 0x1_0000_0000;

const COUNT_INT = 1;
const COUNT_FLOAT = 2;
const SUM = 3;
const SCHEMA = 4;
const ZERO_THRESHOLD = 5;
const ZERO_COUNT_INT = 6;
const ZERO_COUNT_FLOAT = 7;
const NEGATIVE_SPANS = 8;
const NEGATIVE_DELTAS = 9;
const NEGATIVE_COUNTS = 10;
const POSITIVE_SPANS = 11;
const POSITIVE_DELTAS = 12;
const POSITIVE_COUNTS = 13;
const RESET_HINT = 14;
const TIMESTAMP = 15;
const CUSTOM_VALUES = 16;

const FIELDS_END: number = CUSTOM_VALUES + 1;

/** Of a list, which may be packed or not; of a field that is not read. */
const LIST = -1;
const UNREAD = -2;
/** Wire type of each field. */
const WIRES = new Int8Array(FIELDS_END).fill(UNREAD);
for (const number of [COUNT_INT, ZERO_COUNT_INT, SCHEMA, RESET_HINT, TIMESTAMP]) {
  WIRES[number] = VARINT;
}
for (const number of [COUNT_FLOAT, ZERO_COUNT_FLOAT, SUM, ZERO_THRESHOLD]) WIRES[number] = FIXED;
for (const number of [NEGATIVE_SPANS, POSITIVE_SPANS]) WIRES[number] = BYTES;
for (const number of [NEGATIVE_DELTAS, NEGATIVE_COUNTS, POSITIVE_DELTAS, POSITIVE_COUNTS]) {
  WIRES[number] = LIST;
}
WIRES[CUSTOM_VALUES] = LIST;

const NO_NUMBERS: readonly number[] = [];
const NO_BUCKETS = new Float64Array(0);

/** A text when there is more of something than a histogram may have; null when it is not one. */
export function readHistogramFields(
  u8: Uint8Array,
  at: number,
  end: number,
): HistogramFields | string | null {
  const message = new HistogramMessage(u8);
  const field = new ProtoField();
  for (let p = at; p < end; p = field.end) {
    if (field.read(u8, p, end) !== 0 || !message.take(field)) return null;
    if (message.isTooLarge) return `more than ${HISTOGRAM_BUCKETS_MAX} buckets, spans or bounds`;
  }
  return message.fields();
}

/** What a message has said so far; of a field that comes twice the last counts. */
class HistogramMessage {
  readonly #u8: Uint8Array;
  readonly #view: DataView;
  readonly #item = new ProtoField();
  /** By field: values of those that stand alone, and the lists that are there. */
  readonly #scalars = new Float64Array(FIELDS_END);
  readonly #lists: number[][] = [];
  readonly #positiveSpans: HistogramSpan[] = [];
  readonly #negativeSpans: HistogramSpan[] = [];
  #isFloat = false;
  #isStale = false;
  isTooLarge = false;

  constructor(u8: Uint8Array) {
    this.#u8 = u8;
    this.#view = new DataView(u8.buffer, u8.byteOffset, u8.length);
  }

  /** False when the field is not what it should be. */
  take(field: ProtoField): boolean {
    const { number, wire } = field;
    const want = number < FIELDS_END ? WIRES[number]! : UNREAD;
    if (want === UNREAD) return true;
    if (want === LIST) return this.#takeList(field, (this.#lists[number] ??= []));
    if (wire !== want) return false;
    if (number === POSITIVE_SPANS) return this.#takeSpan(field, this.#positiveSpans);
    if (number === NEGATIVE_SPANS) return this.#takeSpan(field, this.#negativeSpans);
    if (number === COUNT_INT || number === COUNT_FLOAT) this.#isFloat = number === COUNT_FLOAT;
    if (number === SUM) this.#isStale = this.#isStaleAt(field.body);
    if (wire === FIXED) this.#scalars[number] = this.#view.getFloat64(field.body, true);
    else if (number === SCHEMA) this.#scalars[number] = unzigzag(field);
    else if (number === TIMESTAMP) this.#scalars[number] = field.signed();
    else this.#scalars[number] = field.high * WORD + field.low;
    return true;
  }

  fields(): HistogramFields {
    const scalar = (number: number): number => this.#scalars[number]!;
    const isFloat = this.#isFloat;
    const positiveBuckets = this.#counts(isFloat ? POSITIVE_COUNTS : POSITIVE_DELTAS);
    const negativeBuckets = this.#counts(isFloat ? NEGATIVE_COUNTS : NEGATIVE_DELTAS);
    const count = scalar(isFloat ? COUNT_FLOAT : COUNT_INT);
    const zeroCount = scalar(isFloat ? ZERO_COUNT_FLOAT : ZERO_COUNT_INT);
    // Whole counts that a number rounds go on as those of a float histogram.
    const isExact =
      isSafe(count) &&
      isSafe(zeroCount) &&
      positiveBuckets.every(isSafe) &&
      negativeBuckets.every(isSafe);
    return {
      timestampMs: scalar(TIMESTAMP),
      isInteger: !isFloat && isExact,
      histogram: {
        schema: scalar(SCHEMA),
        counterResetHint: HISTOGRAM_HINTS[scalar(RESET_HINT)] ?? "unknown",
        count,
        sum: scalar(SUM),
        stale: this.#isStale,
        zeroThreshold: scalar(ZERO_THRESHOLD),
        zeroCount,
        positiveSpans: this.#positiveSpans,
        positiveBuckets,
        negativeSpans: this.#negativeSpans,
        negativeBuckets,
        customValues: new Float64Array(this.#lists[CUSTOM_VALUES] ?? NO_NUMBERS),
      },
    };
  }

  /** Counts of floats are as they are, others the differences from bucket to bucket. */
  #counts(number: number): Float64Array {
    const list = this.#lists[number];
    if (list === undefined) return NO_BUCKETS;
    const counts = new Float64Array(list);
    if (isDeltas(number)) for (let i = 1; i < counts.length; i++) counts[i]! += counts[i - 1]!;
    return counts;
  }

  #takeList(field: ProtoField, list: number[]): boolean {
    const { number, wire, body, end } = field;
    const deltas = isDeltas(number);
    if (wire !== BYTES) {
      if (wire !== (deltas ? VARINT : FIXED)) return false;
      this.#push(list, deltas ? unzigzag(field) : this.#view.getFloat64(body, true));
      return true;
    }
    if (!deltas) {
      if ((end - body) % 8 !== 0) return false;
      for (let p = body; p < end && !this.isTooLarge; p += 8) {
        this.#push(list, this.#view.getFloat64(p, true));
      }
      return true;
    }
    for (let p = body; p < end && !this.isTooLarge; p = this.#item.end) {
      if (this.#item.readPacked(this.#u8, p, end) !== 0) return false;
      this.#push(list, unzigzag(this.#item));
    }
    return true;
  }

  #takeSpan({ body, end }: ProtoField, spans: HistogramSpan[]): boolean {
    let offset = 0;
    let length = 0;
    for (let p = body; p < end; p = this.#item.end) {
      if (this.#item.read(this.#u8, p, end) !== 0) return false;
      const { number, wire, low } = this.#item;
      if (number > 2) continue;
      if (wire !== VARINT) return false;
      if (number === 1) offset = unzigzag(this.#item) | 0;
      else length = low;
    }
    this.#push(spans, { offset, length });
    return true;
  }

  #push<Item>(list: Item[], item: Item): void {
    if (list.length === HISTOGRAM_BUCKETS_MAX) this.isTooLarge = true;
    else list.push(item);
  }

  #isStaleAt(at: number): boolean {
    return (
      this.#view.getUint32(at, true) === STALE_NAN_LOW &&
      this.#view.getUint32(at + 4, true) === STALE_NAN_HIGH
    );
  }
}

function isSafe(count: number): boolean {
  return Math.abs(count) <= Number.MAX_SAFE_INTEGER;
}

function isDeltas(number: number): boolean {
  return number === NEGATIVE_DELTAS || number === POSITIVE_DELTAS;
}

/** The varint of the field as a zigzagged number, rounded where a number cannot hold it. */
function unzigzag({ low, high }: ProtoField): number {
  const magnitude = (high >>> 1) * WORD + ((((high & 1) << 31) | (low >>> 1)) >>> 0);
  return (low & 1) === 0 ? magnitude : -magnitude - 1;
}
