/**
 * Digests of a block's samples, hour by hour, so that replicas compare what they hold whatever their
 * blocks look like. Sums are mod 2^64, as words, low first.
 */
import { assert } from "#base/assert.ts";
import type { DigestWords } from "./block-meta.ts";
import type { BlockDigest } from "./page-tools.ts";

const HOUR_MS = 3_600_000;
/** A year: no block spans as much. */
const HOURS_MAX = 8784;

export class HourDigests {
  readonly #firstHour: number;
  /** Four words per hour. */
  readonly #words: Uint32Array<ArrayBuffer>;
  readonly #digest: BlockDigest;

  constructor(digest: BlockDigest, rangeStartMs: number, rangeEndMs: number) {
    this.#digest = digest;
    this.#firstHour = Math.floor(rangeStartMs / HOUR_MS);
    const hours = Math.ceil(rangeEndMs / HOUR_MS) - this.#firstHour;
    assert(hours > 0 && hours <= HOURS_MAX, () => `block: got a range of ${hours} hours`);
    this.#words = new Uint32Array(4 * hours);
  }

  /** Rows `[start, end)`, all inside the range. */
  add(
    fingerprintLow: number,
    fingerprintHigh: number,
    timestamps: Float64Array,
    values: Float64Array,
    start: number,
    end: number,
  ): void {
    for (let row = start; row < end;) {
      const hour = Math.floor(timestamps[row]! / HOUR_MS);
      const hourEnd = rowAtOrAfter(timestamps, row + 1, end, (hour + 1) * HOUR_MS);
      this.#digest.reset();
      this.#digest.add(fingerprintLow, fingerprintHigh, timestamps, values, row, hourEnd);
      addDigest(this.#words, 4 * (hour - this.#firstHour), this.#digest.words);
      row = hourEnd;
    }
  }

  get total(): DigestWords {
    const sum = new Uint32Array(4);
    for (let at = 0; at < this.#words.length; at += 4) {
      addDigest(sum, 0, this.#words.subarray(at, at + 4));
    }
    return digestWordsOf(sum);
  }

  /** Starts of the hours that hold samples, and four words for each. */
  columns(): { readonly startsMs: Float64Array; readonly words: Uint32Array } {
    const held: number[] = [];
    for (let hour = 0; hour < this.#words.length / 4; hour++) {
      if (this.#words.subarray(4 * hour, 4 * hour + 4).some((word) => word !== 0)) held.push(hour);
    }
    const words = new Uint32Array(4 * held.length);
    for (const [i, hour] of held.entries()) {
      words.set(this.#words.subarray(4 * hour, 4 * hour + 4), 4 * i);
    }
    return {
      startsMs: Float64Array.from(held, (hour) => (hour + this.#firstHour) * HOUR_MS),
      words,
    };
  }
}

/** Adds two 64-bit sums to those at `into[at]`. */
export function addDigest(into: Uint32Array, at: number, words: ArrayLike<number>): void {
  for (let i = 0; i < 4; i += 2) {
    const low = into[at + i]! + words[i]!;
    into[at + i] = low;
    into[at + i + 1] = into[at + i + 1]! + words[i + 1]! + (low > 0xffff_ffff ? 1 : 0);
  }
}

export function subtractDigest(into: Uint32Array, at: number, words: ArrayLike<number>): void {
  for (let i = 0; i < 4; i += 2) {
    const low = into[at + i]! - words[i]!;
    into[at + i] = low;
    into[at + i + 1] = into[at + i + 1]! - words[i + 1]! - (low < 0 ? 1 : 0);
  }
}

export function digestWordsOf(words: ArrayLike<number>): DigestWords {
  return [words[0]!, words[1]!, words[2]!, words[3]!];
}

export function sameDigest(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];
}

/** First row of `[from, end)` with a timestamp of at least `limit`, or `end`. */
export function rowAtOrAfter(
  timestamps: Float64Array,
  from: number,
  end: number,
  limit: number,
): number {
  let low = from;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timestamps[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
