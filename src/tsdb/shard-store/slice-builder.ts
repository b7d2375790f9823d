/**
 * Gathers series into the slice that a cursor hands out next. A cursor reads a series into `columns`
 * and then adds its labels. Slices have arrays of their own; the builder's room is used again.
 */
import { SLICE_BYTES_MAX, type SeriesSlice } from "#storage/read-view.ts";
import type { HistogramColumn } from "#storage/histogram-column.ts";
import { SampleColumns } from "../head/sample-columns.ts";

/** Timestamp and value. */
const SAMPLE_BYTES = 16;
/** One entry of `labelStart` and of `sampleStart`. */
const SERIES_BYTES = 8;
/** Small, as `SampleColumns` is: one builder per shard and selection, most of them nearly empty. */
const INITIAL_SERIES = 16;
const INITIAL_LABEL_BYTES = 4096;
/** Nothing before the first histogram: most slices have none. */
const INITIAL_HISTOGRAMS = 64;
/** One entry of `sampleIndex` and of `start`. */
const HISTOGRAM_BYTES = 8;

export class SliceBuilder {
  /** Rows behind those of the last series added belong to the one at hand. */
  readonly columns: SampleColumns = new SampleColumns();
  #seriesCount = 0;
  #labelStart = new Uint32Array(INITIAL_SERIES);
  #sampleStart = new Uint32Array(INITIAL_SERIES);
  #labelBytes = new Uint8Array(INITIAL_LABEL_BYTES);
  #histogramCount = 0;
  #histogramRows = new Uint32Array(0);
  #histogramStart = new Uint32Array(1);
  #histogramBytes = new Uint8Array(0);

  get seriesCount(): number {
    return this.#seriesCount;
  }

  /** Row `row` of the series at hand, behind those named before, is the histogram `bytes[from, to)`. */
  pushHistogram(row: number, bytes: Uint8Array, from: number, to: number): void {
    const count = this.#histogramCount;
    const start = this.#histogramStart[count]!;
    const end = start + to - from;
    if (count === this.#histogramRows.length) {
      const room = Math.max(INITIAL_HISTOGRAMS, 2 * count);
      this.#histogramRows = grown(this.#histogramRows, room);
      this.#histogramStart = grown(this.#histogramStart, room + 1);
    }
    if (end > this.#histogramBytes.length) {
      const room = new Uint8Array(2 * end);
      room.set(this.#histogramBytes.subarray(0, start));
      this.#histogramBytes = room;
    }
    this.#histogramBytes.set(bytes.subarray(from, to), start);
    this.#histogramRows[count] = row;
    this.#histogramStart[count + 1] = end;
    this.#histogramCount = count + 1;
  }

  /** False when the slice is full: the series, with its rows, comes first in the next one. */
  add(labels: Uint8Array): boolean {
    const count = this.#seriesCount;
    const start = this.#labelStart[count]!;
    const end = start + labels.length;
    const histograms = this.#histogramCount;
    const bytes =
      this.columns.rows * SAMPLE_BYTES +
      end +
      (count + 1) * SERIES_BYTES +
      this.#histogramStart[histograms]! +
      histograms * HISTOGRAM_BYTES;
    if (count > 0 && bytes > SLICE_BYTES_MAX) {
      this.columns.rows = this.#sampleStart[count]!;
      this.#forgetHistogramsFrom(this.columns.rows);
      return false;
    }
    if (count + 1 === this.#labelStart.length) {
      this.#labelStart = grown(this.#labelStart, 2 * this.#labelStart.length);
      this.#sampleStart = grown(this.#sampleStart, 2 * this.#sampleStart.length);
    }
    if (end > this.#labelBytes.length) {
      const grown = new Uint8Array(2 * end);
      grown.set(this.#labelBytes.subarray(0, start));
      this.#labelBytes = grown;
    }
    this.#labelBytes.set(labels, start);
    this.#labelStart[count + 1] = end;
    this.#sampleStart[count + 1] = this.columns.rows;
    this.#seriesCount = count + 1;
    return true;
  }

  /** The slice so far, as arrays of its own; the next one is begun. */
  take(): SeriesSlice {
    const count = this.#seriesCount;
    const rows = this.#sampleStart[count]!;
    // Those of rows that no series was added for.
    this.#forgetHistogramsFrom(rows);
    const slice: SeriesSlice = {
      seriesCount: count,
      labelStart: this.#labelStart.slice(0, count + 1),
      labelBytes: this.#labelBytes.slice(0, this.#labelStart[count]),
      sampleStart: this.#sampleStart.slice(0, count + 1),
      timestamps: this.columns.timestamps.slice(0, rows),
      values: this.columns.values.slice(0, rows),
      histograms: this.#histogramCount === 0 ? null : this.#takeHistograms(),
    };
    this.#seriesCount = 0;
    this.#histogramCount = 0;
    this.columns.rows = 0;
    return slice;
  }

  #takeHistograms(): HistogramColumn {
    const count = this.#histogramCount;
    return {
      sampleIndex: this.#histogramRows.slice(0, count),
      start: this.#histogramStart.slice(0, count + 1),
      bytes: this.#histogramBytes.slice(0, this.#histogramStart[count]),
    };
  }

  #forgetHistogramsFrom(row: number): void {
    let count = this.#histogramCount;
    while (count > 0 && this.#histogramRows[count - 1]! >= row) count--;
    this.#histogramCount = count;
  }
}

function grown(column: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(column);
  return larger;
}
