/**
 * Gathers the histograms among samples that are gathered elsewhere, place by place. Reused from
 * column to column; what `take` gives has arrays of its own.
 */
import { assert } from "#base/assert.ts";
import type { HistogramColumn } from "./histogram-column.ts";

const ITEMS_INITIAL = 16;
const BYTES_INITIAL = 4096;
/** In `sampleIndex` and in `start`. */
const ENTRY_BYTES = 8;

export class HistogramColumnBuilder {
  #count = 0;
  #sampleIndex = new Uint32Array(ITEMS_INITIAL);
  #start = new Uint32Array(ITEMS_INITIAL + 1);
  #bytes = new Uint8Array(BYTES_INITIAL);

  /** Of the column, if it were taken now. */
  get byteLength(): number {
    return this.#start[this.#count]! + this.#count * ENTRY_BYTES;
  }

  /** The sample at `row`, behind those added before, is the histogram `bytes[start, end)`. */
  add(row: number, bytes: Uint8Array, start: number, end: number): void {
    const count = this.#count;
    const to = this.#start[count]!;
    assert(
      count === 0 || row > this.#sampleIndex[count - 1]!,
      () => `histogram column: sample ${row} after ${this.#sampleIndex[count - 1]}`,
    );
    if (count === this.#sampleIndex.length) this.#growItems();
    if (to + end - start > this.#bytes.length) this.#growBytes(to + end - start);
    this.#bytes.set(bytes.subarray(start, end), to);
    this.#sampleIndex[count] = row;
    this.#start[count + 1] = to + end - start;
    this.#count = count + 1;
  }

  /** Leaves out the samples from `row` on. */
  dropFrom(row: number): void {
    while (this.#count > 0 && this.#sampleIndex[this.#count - 1]! >= row) this.#count--;
  }

  /** Null when there are none. The next column is begun. */
  take(): HistogramColumn | null {
    const count = this.#count;
    if (count === 0) return null;
    this.#count = 0;
    return {
      sampleIndex: this.#sampleIndex.slice(0, count),
      start: this.#start.slice(0, count + 1),
      bytes: this.#bytes.slice(0, this.#start[count]),
    };
  }

  #growItems(): void {
    const sampleIndex = new Uint32Array(2 * this.#count);
    const start = new Uint32Array(2 * this.#count + 1);
    sampleIndex.set(this.#sampleIndex);
    start.set(this.#start);
    this.#sampleIndex = sampleIndex;
    this.#start = start;
  }

  #growBytes(bytes: number): void {
    const larger = new Uint8Array(2 * bytes);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
