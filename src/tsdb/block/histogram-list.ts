/**
 * Histograms of one series as growing columns, filled anew for each series: out of pages, out of
 * several sources, or one by one. Bytes are copied, so the list outlives what it was filled from.
 */
import type { HistogramRows } from "./histogram-rows.ts";
import type { BlockPageDecoder } from "./page-tools.ts";

/** Few series have histograms, and those have one per scrape: some hours of them. */
const INITIAL_ROWS = 64;
const INITIAL_BYTES = 4096;

export class HistogramList implements HistogramRows {
  timestamps: Float64Array<ArrayBuffer> = new Float64Array(INITIAL_ROWS);
  start: Uint32Array<ArrayBuffer> = new Uint32Array(INITIAL_ROWS + 1);
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(INITIAL_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** Item `at` of other rows. */
  pushRow(rows: HistogramRows, at: number): void {
    this.push(rows.timestamps[at]!, rows.bytes, rows.start[at]!, rows.start[at + 1]!);
  }

  /** `bytes[from .. to)`, not before the last. */
  push(timestamp: number, bytes: Uint8Array, from: number, to: number): void {
    const at = this.#length;
    const start = this.start[at]!;
    const end = start + to - from;
    this.#reserve(at + 1, end);
    this.timestamps[at] = timestamp;
    this.bytes.set(bytes.subarray(from, to), start);
    this.start[at + 1] = end;
    this.#length++;
  }

  /** The first at `timestamp` or later. */
  firstFrom(timestamp: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timestamps[middle]! < timestamp) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The items of a column of the open page that are in range. */
  takeColumn(decoder: BlockPageDecoder, column: number, minMs: number, maxMs: number): void {
    const count = decoder.decodeItems(column);
    const { timestamps, items, itemEnds } = decoder;
    for (let row = 0; row < count; row++) {
      const timestamp = timestamps[row]!;
      if (timestamp < minMs || timestamp > maxMs) continue;
      this.push(timestamp, items, row === 0 ? 0 : itemEnds[row - 1]!, itemEnds[row]!);
    }
  }

  /** Takes all of several lists; those of one time in the order of the lists. */
  mergeAll(lists: readonly HistogramRows[]): void {
    this.clear();
    const at = lists.map(() => 0);
    for (;;) {
      let next = -1;
      let nextMs = Infinity;
      for (const [i, rows] of lists.entries()) {
        if (at[i]! === rows.length || rows.timestamps[at[i]!]! >= nextMs) continue;
        next = i;
        nextMs = rows.timestamps[at[i]!]!;
      }
      if (next < 0) return;
      this.pushRow(lists[next]!, at[next]!++);
    }
  }

  #reserve(rows: number, byteCount: number): void {
    if (rows > this.timestamps.length) {
      const timestamps = new Float64Array(2 * rows);
      const start = new Uint32Array(2 * rows + 1);
      timestamps.set(this.timestamps);
      start.set(this.start);
      this.timestamps = timestamps;
      this.start = start;
    }
    if (byteCount > this.bytes.length) {
      const bytes = new Uint8Array(2 * byteCount);
      bytes.set(this.bytes);
      this.bytes = bytes;
    }
  }
}
