/**
 * A write request that is compressed once and then only filled in: values and timestamps stand in
 * the snappy stream as literal bytes to which nothing else refers, and each new scrape overwrites
 * them in place. What is sent is a snappy body with the repetitions that a compressor finds; making
 * it costs some ns per sample instead of a compression.
 *
 * Every sample carries its value, also zero, so that lengths never change.
 */
import { compressSymbols } from "./compress-symbols.ts";
import { writeVarint } from "../ingest/write-varint.ts";

const VALUE_BYTES = 8;
/** Varint of a timestamp in ms between the years 1971 and 2109. */
const TIMESTAMP_BYTES = 6;
/** Tag and length of a sample, tag of its value, value, tag of its timestamp, timestamp. */
const SAMPLE_BYTES: number = 4 + VALUE_BYTES + TIMESTAMP_BYTES;
/** Symbols below are bytes that never change. */
const PLACES = 256;

export interface SkeletonOptions {
  /** Label fields of each series, in the order of the request. */
  readonly labels: readonly Uint8Array[];
  /** Which of the request's timestamps each sample has; dense from 0. */
  readonly clocks: Uint32Array;
}

/** A place of a timestamp in the stream, byte by byte. */
interface ClockPlace {
  readonly clock: number;
  readonly offsets: Int32Array;
}

export class RequestSkeleton {
  /** The compressed body. */
  readonly bytes: Buffer;
  readonly #view: DataView;
  readonly #valueAt: Uint32Array;
  readonly #clocks: readonly ClockPlace[];

  constructor(options: SkeletonOptions) {
    const raw = new RawRequest(options);
    const { bytes, literalAt } = compressSymbols(raw.symbols.subarray(0, raw.length));
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    // No two values have symbols in common: each stands in one literal.
    this.#valueAt = Uint32Array.from(raw.values, (at) => literalAt[at]!);
    this.#clocks = clockPlaces(raw, options.clocks, literalAt);
  }

  get sampleCount(): number {
    return this.#valueAt.length;
  }

  /** `timestampsMs` by clock. */
  fill(values: Float64Array, timestampsMs: Float64Array): void {
    const valueAt = this.#valueAt;
    const view = this.#view;
    for (let i = 0; i < valueAt.length; i++) view.setFloat64(valueAt[i]!, values[i]!, true);
    for (const { clock, offsets } of this.#clocks) {
      let rest = timestampsMs[clock]!;
      for (let k = 0; k < TIMESTAMP_BYTES; k++) {
        const more = k < TIMESTAMP_BYTES - 1 ? 128 : 0;
        if (offsets[k]! >= 0) this.bytes[offsets[k]!] = (rest % 128) | more;
        rest = Math.floor(rest / 128);
      }
    }
  }
}

/** The body before compression, with symbols of its own for each byte of a place. */
class RawRequest {
  readonly symbols: Int32Array;
  readonly values: Uint32Array;
  readonly timestamps: Uint32Array;
  readonly #bytes: Buffer;
  length = 0;

  constructor({ labels, clocks }: SkeletonOptions) {
    const size = labels.reduce((sum, { length }) => sum + length + SAMPLE_BYTES + 4, 0);
    this.symbols = new Int32Array(size);
    this.#bytes = Buffer.alloc(8);
    this.values = new Uint32Array(labels.length);
    this.timestamps = new Uint32Array(labels.length);
    for (const [i, label] of labels.entries()) {
      this.#fixed([0x0a]);
      const end = writeVarint(this.#bytes, 0, label.length + SAMPLE_BYTES);
      this.#fixed(this.#bytes.subarray(0, end));
      this.#fixed(label);
      this.#fixed([0x12, SAMPLE_BYTES - 2, 0x09]);
      this.values[i] = this.#place(i, VALUE_BYTES);
      this.#fixed([0x10]);
      this.timestamps[i] = this.#place(labels.length + clocks[i]!, TIMESTAMP_BYTES);
    }
  }

  #fixed(bytes: ArrayLike<number>): void {
    this.symbols.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Returns where it begins. */
  #place(place: number, length: number): number {
    const at = this.length;
    for (let k = 0; k < length; k++) this.symbols[at + k] = PLACES + place * 8 + k;
    this.length += length;
    return at;
  }
}

/** Where the stream holds each clock: once, or again, whole or in part, where no copy was taken. */
function clockPlaces(
  raw: RawRequest,
  clocks: Uint32Array,
  literalAt: Int32Array,
): readonly ClockPlace[] {
  const places: ClockPlace[] = [];
  for (const [i, at] of raw.timestamps.entries()) {
    const offsets = literalAt.slice(at, at + TIMESTAMP_BYTES);
    if (offsets.some((offset) => offset >= 0)) places.push({ clock: clocks[i]!, offsets });
  }
  return places;
}
