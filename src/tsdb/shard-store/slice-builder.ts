/**
 * Gathers series into the slice that a cursor hands out next. A cursor reads a series into `columns`
 * and then adds its labels. Slices have arrays of their own; the builder's room is used again.
 */
import { SLICE_BYTES_MAX, type SeriesSlice } from "#storage/read-view.ts";
import { HistogramColumnBuilder } from "#storage/histogram-column-builder.ts";
import { SampleColumns } from "../head/sample-columns.ts";

/** Timestamp and value. */
const SAMPLE_BYTES = 16;
/** One entry of `labelStart` and of `sampleStart`. */
const SERIES_BYTES = 8;
/** Small, as `SampleColumns` is: one builder per shard and selection, most of them nearly empty. */
const INITIAL_SERIES = 16;
const INITIAL_LABEL_BYTES = 4096;

interface Column<Part> {
  slice(start: number, end: number): Part;
  subarray(start: number, end: number): Part;
}

/** The first `length` items of a column. */
type CutColumn = <Part>(column: Column<Part>, length: number) => Part;

export class SliceBuilder {
  /** Rows behind those of the last series added belong to the one at hand. */
  readonly columns: SampleColumns = new SampleColumns();
  #seriesCount = 0;
  #labelStart = new Uint32Array(INITIAL_SERIES);
  #sampleStart = new Uint32Array(INITIAL_SERIES);
  #labelBytes = new Uint8Array(INITIAL_LABEL_BYTES);
  /** Made for the first: most slices have none. */
  #histograms: HistogramColumnBuilder | null = null;

  get seriesCount(): number {
    return this.#seriesCount;
  }

  /** Row `row` of the series at hand, behind those named before, is the histogram `bytes[from, to)`. */
  pushHistogram(row: number, bytes: Uint8Array, from: number, to: number): void {
    this.#histograms ??= new HistogramColumnBuilder();
    this.#histograms.add(row, bytes, from, to);
  }

  /** False when the slice is full: the series, with its rows, comes first in the next one. */
  add(labels: Uint8Array): boolean {
    const count = this.#seriesCount;
    const start = this.#labelStart[count]!;
    const end = start + labels.length;
    const bytes =
      this.columns.rows * SAMPLE_BYTES +
      end +
      (count + 1) * SERIES_BYTES +
      (this.#histograms?.byteLength ?? 0);
    if (count > 0 && bytes > SLICE_BYTES_MAX) {
      this.columns.rows = this.#sampleStart[count]!;
      this.#histograms?.dropFrom(this.columns.rows);
      return false;
    }
    if (count + 1 === this.#labelStart.length) {
      this.#labelStart = grown(this.#labelStart, 2 * this.#labelStart.length);
      this.#sampleStart = grown(this.#sampleStart, 2 * this.#sampleStart.length);
    }
    if (end > this.#labelBytes.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.#labelBytes.subarray(0, start));
      this.#labelBytes = larger;
    }
    this.#labelBytes.set(labels, start);
    this.#labelStart[count + 1] = end;
    this.#sampleStart[count + 1] = this.columns.rows;
    this.#seriesCount = count + 1;
    return true;
  }

  /** The slice so far, as arrays of its own; the next one is begun. */
  take(): SeriesSlice {
    return this.#cut((column, length) => column.slice(0, length));
  }

  /** The same as views, good until something is added. */
  lend(): SeriesSlice {
    return this.#cut((column, length) => column.subarray(0, length));
  }

  #cut(part: CutColumn): SeriesSlice {
    const count = this.#seriesCount;
    const rows = this.#sampleStart[count]!;
    // Those of rows that no series was added for.
    this.#histograms?.dropFrom(rows);
    const slice: SeriesSlice = {
      seriesCount: count,
      labelStart: part(this.#labelStart, count + 1),
      labelBytes: part(this.#labelBytes, this.#labelStart[count]!),
      sampleStart: part(this.#sampleStart, count + 1),
      timestamps: part(this.columns.timestamps, rows),
      values: part(this.columns.values, rows),
      histograms: this.#histograms?.take() ?? null,
    };
    this.#seriesCount = 0;
    this.columns.rows = 0;
    return slice;
  }
}

function grown(column: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(column);
  return larger;
}
