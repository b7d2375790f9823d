/**
 * Reads one page: its directory at `open`, then any of its columns. Nothing is trusted before the
 * checksum; after it, what does not add up is CHUNK_CORRUPT, never a wrong answer or a trap.
 */
import type { PageKernel } from "#kernels/page-kernel.ts";
import type { ColumnKind } from "./column-kind.ts";
import type { PageCompressor } from "./page-compression.ts";

export class PageDecoder {
  /**
   * Columns of the last `decode`, `count` samples long, in kernel memory: copy what must outlive
   * the next call. Value bits are exact.
   */
  timestamps: Float64Array<ArrayBuffer>;
  values: Float64Array<ArrayBuffer>;

  constructor(kernel: PageKernel, compressor: PageCompressor) {
    void [kernel, compressor];
    this.timestamps = new Float64Array(0);
    this.values = new Float64Array(0);
  }

  /** `bytes[start, start + pageBytes)`; returns the page's length. Copies what it needs. */
  open(bytes: Uint8Array, start: number, end: number): number {
    throw new Error(`not written yet: ${bytes.length} ${start} ${end}`);
  }

  /** Columns in the page. A series has more than one when it has many samples, or several kinds. */
  get columnCount(): number {
    return 0;
  }

  get sampleCount(): number {
    return 0;
  }

  /** Digest sums of all samples: two 64-bit sums, low word first. */
  get digest(): Uint32Array {
    return new Uint32Array(4);
  }

  /** First column of the series, or -1. */
  find(series: number): number {
    return -series;
  }

  seriesAt(column: number): number {
    return column;
  }

  kindAt(column: number): ColumnKind {
    throw new Error(`not written yet: ${column}`);
  }

  countAt(column: number): number {
    return column;
  }

  minTimestampAt(column: number): number {
    return column;
  }

  maxTimestampAt(column: number): number {
    return column;
  }

  /** Decodes a float column into `timestamps` and `values`; returns its samples. */
  decode(column: number): number {
    throw new Error(`not written yet: ${column}`);
  }

  /**
   * Decodes the samples with `from <= timestamp <= to` behind one another into both outputs from
   * `at` on, and returns how many they are. 0 without a decode when the column is out of range.
   */
  decodeRange(
    column: number,
    from: number,
    to: number,
    outTimestamps: Float64Array,
    outValues: Float64Array,
    at: number,
  ): number {
    void [column, from, to, outTimestamps, outValues, at];
    throw new Error("not written yet");
  }
}
