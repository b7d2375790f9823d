/**
 * Buckets of one series in a tier, as columns: what a reader gets and a merge moves. Stale markers
 * are no samples; a bucket may consist of one alone, or of a histogram. NaN counts as a sample: the sum is NaN, minimum
 * and maximum pass it over, as PromQL does. Bits of first and last stay; a NaN that was computed has
 * one form, so equal inputs give equal bytes everywhere.
 */
import { assert } from "#base/assert.ts";
import { HistogramList } from "./histogram-list.ts";
import { writeNaN } from "./value-words.ts";

const INITIAL_ROWS = 256;

/** `staleMs` of a bucket that does not end stale. */
export const NOT_STALE: number = -Infinity;

/** Columns of `TierRows` by name. */
const COLUMNS = [
  "bucketMs",
  "count",
  "firstMs",
  "first",
  "lastMs",
  "last",
  "sum",
  "min",
  "max",
  "resets",
  "staleMs",
] as const;

export type TierColumnName = (typeof COLUMNS)[number];
type Column = Float64Array<ArrayBuffer>;

export class TierRows {
  length = 0;
  /** Start of the bucket; ascending. */
  bucketMs: Column = new Float64Array(INITIAL_ROWS);
  /** Floats; 0 when there is a stale marker or a histogram only, and then the columns up to `resets` are 0. */
  count: Column = new Float64Array(INITIAL_ROWS);
  firstMs: Column = new Float64Array(INITIAL_ROWS);
  first: Column = new Float64Array(INITIAL_ROWS);
  lastMs: Column = new Float64Array(INITIAL_ROWS);
  last: Column = new Float64Array(INITIAL_ROWS);
  sum: Column = new Float64Array(INITIAL_ROWS);
  min: Column = new Float64Array(INITIAL_ROWS);
  max: Column = new Float64Array(INITIAL_ROWS);
  /**
   * Sum of the values before resets: increase inside the bucket = last - first + resets. NaN where
   * the series falls too often to be a counter.
   */
  resets: Column = new Float64Array(INITIAL_ROWS);
  /** Time of the stale marker behind the last sample, or `NOT_STALE`. */
  staleMs: Column = new Float64Array(INITIAL_ROWS);

  /** The last histogram of each bucket that has some, at its time. */
  readonly histograms: HistogramList = new HistogramList();

  readonly #words = new Map<TierColumnName, Uint32Array<ArrayBuffer>>();

  clear(): void {
    this.length = 0;
    this.histograms.clear();
  }

  /** The bits of a column, until rows are pushed. */
  words(name: TierColumnName): Uint32Array<ArrayBuffer> {
    let words = this.#words.get(name);
    if (words?.buffer !== this[name].buffer) {
      words = new Uint32Array(this[name].buffer);
      this.#words.set(name, words);
    }
    return words;
  }

  /** A number that was computed. */
  write(name: TierColumnName, row: number, value: number): void {
    if (Number.isNaN(value)) writeNaN(this.words(name), row);
    else this[name][row] = value;
  }

  /** A new row of zeros, not stale; returns its index. */
  push(bucketMs: number): number {
    const row = this.length++;
    if (row === this.bucketMs.length) this.#grow();
    assert(
      row === 0 || bucketMs > this.bucketMs[row - 1]!,
      () => `tier: bucket ${bucketMs} after ${this.bucketMs[row - 1]}`,
    );
    this.bucketMs[row] = bucketMs;
    this.staleMs[row] = NOT_STALE;
    // One by one: by name it would take as long as all the rest of a bucket.
    this.count[row] = 0;
    this.firstMs[row] = 0;
    this.first[row] = 0;
    this.lastMs[row] = 0;
    this.last[row] = 0;
    this.sum[row] = 0;
    this.min[row] = 0;
    this.max[row] = 0;
    this.resets[row] = 0;
    return row;
  }

  /** Rows `[start, end)` of `other` behind these. */
  pushRange(other: TierRows, start: number, end: number): void {
    const at = this.length;
    while (at + end - start > this.bucketMs.length) this.#grow();
    for (const name of COLUMNS) this[name].set(other[name].subarray(start, end), at);
    this.length = at + end - start;
    if (other.histograms.length > 0) this.#pushHistograms(other, start, end);
  }

  /** Those of the buckets `[start, end)`: each lies before the bucket that follows. */
  #pushHistograms(other: TierRows, start: number, end: number): void {
    if (start === end) return;
    const { histograms, bucketMs } = other;
    const untilMs = end < other.length ? bucketMs[end]! : Infinity;
    for (let at = histograms.firstFrom(bucketMs[start]!); at < histograms.length; at++) {
      if (histograms.timestamps[at]! >= untilMs) return;
      this.histograms.pushRow(histograms, at);
    }
  }

  #grow(): void {
    for (const name of COLUMNS) {
      const grown = new Float64Array(2 * this[name].length);
      grown.set(this[name]);
      this[name] = grown;
    }
  }
}
