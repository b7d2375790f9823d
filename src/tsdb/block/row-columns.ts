/**
 * Growing sample columns that are filled anew for each series. Values move as words or as whole
 * ranges, so their bits stay. What is handed out are views until the next change.
 */
import type { BlockSeries, SeriesIdentity } from "./block-series.ts";
import type { HistogramRows } from "./histogram-rows.ts";
import type { BlockPageDecoder } from "./page-tools.ts";
import { copyWords } from "./value-words.ts";

/** Small: a selection makes several for each shard, and most shards have little of it. */
const INITIAL_ROWS = 64;

export class RowColumns {
  timestamps: Float64Array<ArrayBuffer> = new Float64Array(INITIAL_ROWS);
  values: Float64Array<ArrayBuffer> = new Float64Array(INITIAL_ROWS);
  /** The bits of `values`. */
  words: Uint32Array<ArrayBuffer> = new Uint32Array(this.values.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** Value `row` of the column whose words are given, at a time of its own. */
  pushWords(timestamp: number, words: Uint32Array, row: number): void {
    this.reserve(this.#length + 1);
    this.timestamps[this.#length] = timestamp;
    copyWords(words, row, this.words, this.#length);
    this.#length++;
  }

  /** As `pushWords`, at its place by time; takes the place of a row at the same time. */
  insertWords(timestamp: number, words: Uint32Array, row: number): void {
    let at = this.#length;
    while (at > 0 && this.timestamps[at - 1]! >= timestamp) at--;
    if (at === this.#length || this.timestamps[at] !== timestamp) {
      this.reserve(this.#length + 1);
      this.timestamps.copyWithin(at + 1, at, this.#length);
      this.values.copyWithin(at + 1, at, this.#length);
      this.#length++;
    }
    this.timestamps[at] = timestamp;
    copyWords(words, row, this.words, at);
  }

  /** Rows `[start, end)`. */
  pushRange(timestamps: Float64Array, values: Float64Array, start: number, end: number): void {
    const at = this.#length;
    this.reserve(at + end - start);
    this.timestamps.set(timestamps.subarray(start, end), at);
    this.values.set(values.subarray(start, end), at);
    this.#length = at + end - start;
  }

  /** The rows of a column of the open page that are in range. */
  takeColumn(decoder: BlockPageDecoder, column: number, minMs: number, maxMs: number): void {
    const at = this.#length;
    this.reserve(at + decoder.countAt(column));
    const { timestamps, values } = this;
    this.#length += decoder.decodeRange(column, minMs, maxMs, timestamps, values, at);
  }

  /** Whether the words of a value say so. */
  some(test: (words: Uint32Array, row: number) => boolean): boolean {
    for (let row = 0; row < this.#length; row++) if (test(this.words, row)) return true;
    return false;
  }

  /** Leaves out the rows that `keeps` is not true of. */
  retain(keeps: (words: Uint32Array, row: number) => boolean): void {
    let kept = 0;
    for (let row = 0; row < this.#length; row++) {
      if (!keeps(this.words, row)) continue;
      this.timestamps[kept] = this.timestamps[row]!;
      copyWords(this.words, row, this.words, kept++);
    }
    this.#length = kept;
  }

  /** Makes room for `rows` in all. */
  reserve(rows: number): void {
    if (rows <= this.timestamps.length) return;
    const size = Math.max(rows, 2 * this.timestamps.length);
    const timestamps = new Float64Array(size);
    const values = new Float64Array(size);
    timestamps.set(this.timestamps);
    values.set(this.values);
    this.timestamps = timestamps;
    this.values = values;
    this.words = new Uint32Array(values.buffer);
  }

  /** These rows under the name of `identity`; views until the next change. */
  seriesOf(identity: SeriesIdentity, histograms: HistogramRows | null): BlockSeries {
    const { timestamps, values } = this;
    return { ...identity, timestamps, values, start: 0, end: this.#length, histograms };
  }
}
