/**
 * Builds one page: the samples of some series in ascending series number, timestamps stored once
 * for neighbours that share them. Callers add series until one is not taken, finish the page, reset
 * and go on with that series. The bytes are drawn in FORMAT.md; the same calls give the same bytes.
 */
import type { PageKernel } from "#kernels/page-kernel.ts";
import type { ColumnKind } from "./column-kind.ts";

/** Page bytes before compression. */
export const PAGE_BYTES_MAX: number = 64 * 1024;
/** More samples of a series than this go to further columns: bounds a decoder's memory. */
export const COLUMN_SAMPLES_MAX = 8192;

export interface PageEncoderOptions {
  /** `fast` decodes at twice the speed; `small` codes bits by their frequency. */
  readonly packing: "fast" | "small";
  /** At most `PAGE_BYTES_MAX`. */
  readonly pageBytesMax: number;
}

export class PageEncoder {
  constructor(kernel: PageKernel, options: PageEncoderOptions) {
    void kernel;
    void options;
  }

  get seriesCount(): number {
    return 0;
  }

  get sampleCount(): number {
    return 0;
  }

  reset(): void {
    throw new Error("not written yet");
  }

  /**
   * Adds samples `[start, end)`, timestamps rising, and returns how many were taken: all, 0 when
   * the page has no room left, or fewer when the series is alone and does not fit one column.
   * `series` is the block's number for it, not less than the one before; the fingerprint's words
   * (low, high) enter the digest.
   */
  add(
    series: number,
    fingerprintLow: number,
    fingerprintHigh: number,
    timestamps: Float64Array,
    values: Float64Array,
    start: number,
    end: number,
  ): number {
    void [series, fingerprintLow, fingerprintHigh, timestamps, values, start, end];
    throw new Error("not written yet");
  }

  /**
   * As `add`, for items that are opaque bytes: item i is `items[itemEnds[i - 1] ?? 0, itemEnds[i])`.
   * They enter the digest by the XXH64 of their bytes.
   */
  addItems(
    kind: ColumnKind,
    series: number,
    fingerprintLow: number,
    fingerprintHigh: number,
    timestamps: Float64Array,
    items: Uint8Array,
    itemEnds: Uint32Array,
    start: number,
    end: number,
  ): number {
    void [kind, series, fingerprintLow, fingerprintHigh, timestamps, items, itemEnds, start, end];
    throw new Error("not written yet");
  }

  /** The sealed page, a view that the next call makes void. At least one series was added. */
  finish(): Uint8Array<ArrayBuffer> {
    throw new Error("not written yet");
  }
}
