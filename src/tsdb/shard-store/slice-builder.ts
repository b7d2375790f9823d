/**
 * Gathers series into the slice that a cursor hands out next. A cursor reads a series into `columns`
 * and then adds its labels. Slices have arrays of their own; the builder's room is used again.
 */
import { SLICE_BYTES_MAX, type SeriesSlice } from "#storage/read-view.ts";
import { SampleColumns } from "../head/sample-columns.ts";

/** Timestamp and value. */
const SAMPLE_BYTES = 16;
/** One entry of `labelStart` and of `sampleStart`. */
const SERIES_BYTES = 8;
/** Small, as `SampleColumns` is: one builder per shard and selection, most of them nearly empty. */
const INITIAL_SERIES = 16;
const INITIAL_LABEL_BYTES = 4096;

export class SliceBuilder {
  /** Rows behind those of the last series added belong to the one at hand. */
  readonly columns: SampleColumns = new SampleColumns();
  #seriesCount = 0;
  #labelStart = new Uint32Array(INITIAL_SERIES);
  #sampleStart = new Uint32Array(INITIAL_SERIES);
  #labelBytes = new Uint8Array(INITIAL_LABEL_BYTES);

  get seriesCount(): number {
    return this.#seriesCount;
  }

  /** False when the slice is full: the series, with its rows, comes first in the next one. */
  add(labels: Uint8Array): boolean {
    const count = this.#seriesCount;
    const start = this.#labelStart[count]!;
    const end = start + labels.length;
    const bytes = this.columns.rows * SAMPLE_BYTES + end + (count + 1) * SERIES_BYTES;
    if (count > 0 && bytes > SLICE_BYTES_MAX) {
      this.columns.rows = this.#sampleStart[count]!;
      return false;
    }
    if (count + 1 === this.#labelStart.length) {
      this.#labelStart = doubled(this.#labelStart);
      this.#sampleStart = doubled(this.#sampleStart);
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
    const slice: SeriesSlice = {
      seriesCount: count,
      labelStart: this.#labelStart.slice(0, count + 1),
      labelBytes: this.#labelBytes.slice(0, this.#labelStart[count]),
      sampleStart: this.#sampleStart.slice(0, count + 1),
      timestamps: this.columns.timestamps.slice(0, rows),
      values: this.columns.values.slice(0, rows),
      histograms: null,
    };
    this.#seriesCount = 0;
    this.columns.rows = 0;
    return slice;
  }
}

function doubled(column: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * column.length);
  larger.set(column);
  return larger;
}
