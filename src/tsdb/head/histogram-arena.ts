/**
 * Histogram items of one head generation: bytes in segments that never move, and a hash table from
 * (ref, timestamp, value) to them. Items are added and never changed; all of them leave at once.
 */
import { HISTOGRAM_UNIT_BYTES } from "#chunk/histogram/histogram-format.ts";

const ITEMS_INITIAL = 16;
/** Most shards hold few histograms; segments double up to what any item fits. */
const SEGMENT_BYTES_INITIAL = 2048;
const SEGMENT_BYTES_MAX: number = 64 * 1024;
/** Bytes of one row of all columns, and of the slots that go with it. */
const ITEM_BYTES = 4 + 8 + 8 + 8;
const SLOTS_PER_ITEM = 2;

export interface ItemPlace {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export class HistogramArena {
  /** Taken from the machine for it. */
  byteCount = 0;
  #count = 0;
  #refs!: Uint32Array;
  #timestamps!: Float64Array;
  /** Values: low, high. */
  #words!: Uint32Array;
  /** Segment and offset. */
  #places!: Uint32Array;
  /** Item number + 1; 0 = free. */
  #slots!: Uint32Array;
  readonly #segments: Uint8Array[] = [];
  #used = 0;

  constructor() {
    this.#resize(ITEMS_INITIAL);
  }

  add(
    ref: number,
    timestampMs: number,
    low: number,
    high: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    if (this.#count === this.#refs.length) this.#resize(2 * this.#count);
    const segment = this.#segmentFor(end - start);
    const item = this.#count++;
    this.#refs[item] = ref;
    this.#timestamps[item] = timestampMs;
    this.#words[2 * item] = low;
    this.#words[2 * item + 1] = high;
    this.#places[2 * item] = segment;
    this.#places[2 * item + 1] = this.#used;
    this.#segments[segment]!.set(bytes.subarray(start, end), this.#used);
    this.#used += end - start;
    this.#link(item);
  }

  /** Null when the sample is not one of these. */
  find(ref: number, timestampMs: number, low: number, high: number): ItemPlace | null {
    const mask = this.#slots.length - 1;
    for (let at = slotOf(ref, timestampMs) & mask; ; at = (at + 1) & mask) {
      const item = this.#slots[at]! - 1;
      if (item < 0) return null;
      if (
        this.#refs[item] === ref &&
        this.#timestamps[item] === timestampMs &&
        this.#words[2 * item] === low &&
        this.#words[2 * item + 1] === high
      ) {
        return this.#placeOf(item);
      }
    }
  }

  #placeOf(item: number): ItemPlace {
    const bytes = this.#segments[this.#places[2 * item]!]!;
    const start = this.#places[2 * item + 1]!;
    const length = (bytes[start]! | (bytes[start + 1]! << 8)) * HISTOGRAM_UNIT_BYTES;
    return { bytes, start, end: start + length };
  }

  /** The segment that takes an item of `length` next; `#used` is where. */
  #segmentFor(length: number): number {
    const last = this.#segments.length - 1;
    if (last >= 0 && this.#used + length <= this.#segments[last]!.length) return last;
    const doubled = last < 0 ? SEGMENT_BYTES_INITIAL : 2 * this.#segments[last]!.length;
    const size = Math.max(Math.min(doubled, SEGMENT_BYTES_MAX), length);
    this.#segments.push(new Uint8Array(size));
    this.byteCount += size;
    this.#used = 0;
    return last + 1;
  }

  #resize(capacity: number): void {
    const grown = new Uint32Array(capacity);
    const timestamps = new Float64Array(capacity);
    const words = new Uint32Array(2 * capacity);
    const places = new Uint32Array(2 * capacity);
    if (this.#count > 0) {
      grown.set(this.#refs);
      timestamps.set(this.#timestamps);
      words.set(this.#words);
      places.set(this.#places);
    }
    this.byteCount += (ITEM_BYTES + 4 * SLOTS_PER_ITEM) * (capacity - this.#count);
    this.#refs = grown;
    this.#timestamps = timestamps;
    this.#words = words;
    this.#places = places;
    this.#slots = new Uint32Array(SLOTS_PER_ITEM * capacity);
    for (let item = 0; item < this.#count; item++) this.#link(item);
  }

  #link(item: number): void {
    const mask = this.#slots.length - 1;
    let at = slotOf(this.#refs[item]!, this.#timestamps[item]!) & mask;
    while (this.#slots[at] !== 0) at = (at + 1) & mask;
    this.#slots[at] = item + 1;
  }
}

/** Both are multiplied by odd constants far from round; the upper bits come down. */
function slotOf(ref: number, timestampMs: number): number {
  const mixed = Math.imul(ref, 0x9e37_79b1) + Math.imul(timestampMs % 0x1_0000_0000, 0x85eb_ca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
