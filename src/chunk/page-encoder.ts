/**
 * Builds one page: the samples of some series in ascending series number, timestamps stored once
 * for neighbours that share them. Callers add series until one is not taken, finish the page, reset
 * and go on with that series. The bytes are drawn in FORMAT.md; the same calls give the same bytes.
 */
import { assert } from "#base/assert.ts";
import { xxh64Into } from "#base/hash/xxh64.ts";
import type { KernelRegion } from "#kernels/kernel-memory.ts";
import { COLUMN_SAMPLES_MAX } from "#kernels/layout/page-layout.ts";
import type { PageKernel } from "#kernels/page-kernel.ts";
import { ClockWindow } from "./clock-window.ts";
import { COLUMN_FLOAT } from "./column-kind.ts";
import type { ColumnKind } from "./column-kind.ts";
import { OWN_CLOCK, PAGE_COLUMNS_MAX, PageDirectory } from "./page-directory.ts";
import {
  CRC_OFFSET,
  CRC_START,
  PAGE_BYTES_MAX,
  PAGE_HEADER_BYTES,
  writePageHeader,
} from "./page-header.ts";
import { DIGEST_WORDS } from "./sample-digest.ts";
import { SHARED_CLOCK_BYTES_MIN, type ClockStore } from "./shared-clocks.ts";

/** A larger item may not fit a page with its timestamp and the page's own fields. */
export const ITEM_BYTES_MAX: number = 60 * 1024;

export interface PageEncoderOptions {
  /** `fast` decodes at twice the speed; `small` codes bits by their frequency. */
  readonly packing: "fast" | "small";
  /** At most `PAGE_BYTES_MAX`. */
  readonly pageBytesMax: number;
}

export class PageEncoder {
  readonly #kernel: PageKernel;
  readonly #isSmall: boolean;
  readonly #bytesMax: number;
  readonly #directory = new PageDirectory();
  readonly #window = new ClockWindow();
  /** Encoded clocks and columns. */
  readonly #clocks = new Uint8Array(PAGE_BYTES_MAX);
  readonly #columns = new Uint8Array(PAGE_BYTES_MAX);
  readonly #digest: KernelRegion;
  /** Takes long clocks; null, and pages hold all of theirs. */
  sharedClocks: ClockStore | null = null;
  #clockBytes = 0;
  #columnBytes = 0;
  #sampleCount = 0;
  #minTimestamp = Infinity;
  #maxTimestamp = -Infinity;

  constructor(kernel: PageKernel, options: PageEncoderOptions) {
    assert(
      options.pageBytesMax >= PAGE_HEADER_BYTES && options.pageBytesMax <= PAGE_BYTES_MAX,
      () => `page: got ${options.pageBytesMax} bytes, want at most ${PAGE_BYTES_MAX}`,
    );
    this.#kernel = kernel;
    this.#isSmall = options.packing === "small";
    this.#bytesMax = options.pageBytesMax;
    const { memory } = kernel;
    const name = `page encoder digest ${memory.regions().length}`;
    this.#digest = memory.allocate(name, DIGEST_WORDS * 4);
    this.reset();
  }

  /** Columns taken so far: a series has one per kind, and one more per `COLUMN_SAMPLES_MAX`. */
  get seriesCount(): number {
    return this.#directory.columnCount;
  }

  get sampleCount(): number {
    return this.#sampleCount;
  }

  /** Bytes of the page if it were finished now. */
  get bytes(): number {
    return PAGE_HEADER_BYTES + this.#directory.bytes + this.#clockBytes + this.#columnBytes;
  }

  reset(): void {
    this.#directory.reset();
    this.#window.reset();
    this.#clockBytes = 0;
    this.#columnBytes = 0;
    this.#sampleCount = 0;
    this.#minTimestamp = Infinity;
    this.#maxTimestamp = -Infinity;
    const at = this.#digest.offset / 4;
    this.#kernel.memory.views().u32.fill(0, at, at + DIGEST_WORDS);
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
    const { calls, memory, scratch, values: input, encoded } = this.#kernel;
    const isFirst = this.#directory.columnCount === 0;
    for (let count = this.#countOf(start, end); count > 0; count = isFirst ? count >> 1 : 0) {
      memory.views().f64.set(values.subarray(start, start + count), input.offset / 8);
      const bytes = calls.valuesEncode(
        input.offset,
        count,
        this.#isSmall,
        encoded.offset,
        scratch.offset,
      );
      if (!this.#take(COLUMN_FLOAT, series, timestamps, start, count, bytes)) continue;
      this.#addDigest(fingerprintLow, fingerprintHigh, count);
      return count;
    }
    assert(!isFirst, "page: got a sample that does not fit an empty page");
    return 0;
  }

  /**
   * As `add`, for items that are opaque bytes: item i is `items[itemEnds[i - 1] ?? 0, itemEnds[i])`.
   * They enter the digest by the XXH64 of their bytes. An item has at most `ITEM_BYTES_MAX`.
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
    assert(kind !== COLUMN_FLOAT, "page: got items of kind float");
    const isFirst = this.#directory.columnCount === 0;
    for (let count = this.#countOf(start, end); count > 0; count = isFirst ? count >> 1 : 0) {
      const bytes = this.#encodeItems(items, itemEnds, start, count);
      if (bytes < 0) continue;
      if (!this.#take(kind, series, timestamps, start, count, bytes)) continue;
      this.#hashItems(items, itemEnds, start, count);
      this.#addDigest(fingerprintLow, fingerprintHigh, count);
      return count;
    }
    assert(!isFirst, "page: got an item that does not fit an empty page");
    return 0;
  }

  /** The sealed page, which belongs to the caller. At least one series was added. */
  finish(): Uint8Array<ArrayBuffer> {
    assert(this.#directory.columnCount > 0, "page: got no samples to seal");
    const { calls, memory, encoded } = this.#kernel;
    const { u8, u32 } = memory.views();
    const digestAt = this.#digest.offset / 4;
    const page = new Uint8Array(this.bytes);
    writePageHeader(page, {
      flags: 0,
      columnCount: this.#directory.columnCount,
      clockCount: this.#directory.clockCount,
      pageBytes: page.length,
      bodyBytes: page.length - PAGE_HEADER_BYTES,
      sampleCount: this.#sampleCount,
      digest: u32.slice(digestAt, digestAt + DIGEST_WORDS),
      minTimestamp: this.#minTimestamp,
      maxTimestamp: this.#maxTimestamp,
    });
    const clocksAt = this.#directory.write(page, PAGE_HEADER_BYTES);
    const columnsAt = clocksAt + this.#clockBytes;
    assert(
      columnsAt + this.#columnBytes === page.length,
      () => `page: got ${columnsAt + this.#columnBytes} bytes, counted ${page.length}`,
    );
    page.set(this.#clocks.subarray(0, this.#clockBytes), clocksAt);
    page.set(this.#columns.subarray(0, this.#columnBytes), columnsAt);
    u8.set(page, encoded.offset);
    const crc = calls.crc32c(encoded.offset + CRC_START, page.length - CRC_START, 0);
    new DataView(page.buffer).setUint32(CRC_OFFSET, crc, true);
    return page;
  }

  #countOf(start: number, end: number): number {
    assert(start < end, () => `page: got samples [${start}, ${end}), want some`);
    return this.#directory.columnCount === PAGE_COLUMNS_MAX
      ? 0
      : Math.min(end - start, COLUMN_SAMPLES_MAX);
  }

  /** Enters the encoded column at hand, with its clock, if the page has room for both. */
  #take(
    kind: ColumnKind,
    series: number,
    timestamps: Float64Array,
    start: number,
    count: number,
    bytes: number,
  ): boolean {
    const directory = this.#directory;
    const cost = bytes + directory.columnCost(series, bytes);
    if (this.bytes + cost > this.#bytesMax) return false;
    const { memory, encoded, timestamps: input } = this.#kernel;
    const { u8, f64 } = memory.views();
    f64.set(timestamps.subarray(start, start + count), input.offset / 8);
    const end = this.#columnBytes + bytes;
    this.#columns.set(u8.subarray(encoded.offset, encoded.offset + bytes), this.#columnBytes);
    let clock = this.#window.find(timestamps, start, count);
    if (clock < 0) {
      if (!this.#takeClock(timestamps[start]!, timestamps[start + count - 1]!, count, cost)) {
        return false;
      }
      clock = this.#window.add(timestamps, start, count);
    }
    directory.addColumn(series, kind, clock, bytes);
    this.#columnBytes = end;
    this.#sampleCount += count;
    this.#minTimestamp = Math.min(this.#minTimestamp, timestamps[start]!);
    this.#maxTimestamp = Math.max(this.#maxTimestamp, timestamps[start + count - 1]!);
    return true;
  }

  /** Encodes and enters the timestamps in the input region, if that and `cost` have room. */
  #takeClock(min: number, max: number, count: number, cost: number): boolean {
    const { calls, memory, scratch, timestamps, encoded } = this.#kernel;
    const bytes = calls.timestampsEncode(
      timestamps.offset,
      count,
      this.#isSmall,
      encoded.offset,
      scratch.offset,
    );
    const clock = memory.views().u8.subarray(encoded.offset, encoded.offset + bytes);
    // One for which the page has no room comes again with the next page, as the same number.
    const shared =
      bytes < SHARED_CLOCK_BYTES_MIN ? OWN_CLOCK : (this.sharedClocks?.add(clock) ?? OWN_CLOCK);
    const own = shared === OWN_CLOCK ? bytes : 0;
    const directory = this.#directory;
    const total = this.bytes + cost + own + directory.clockCost(count, min, max, own, shared);
    if (total > this.#bytesMax) return false;
    if (own > 0) this.#clocks.set(clock, this.#clockBytes);
    directory.addClock(count, min, max, own, shared);
    this.#clockBytes += own;
    return true;
  }

  /** Adds the samples in the input regions. */
  #addDigest(fingerprintLow: number, fingerprintHigh: number, count: number): void {
    this.#kernel.calls.digestAdd(
      this.#digest.offset,
      fingerprintLow,
      fingerprintHigh,
      this.#kernel.timestamps.offset,
      this.#kernel.values.offset,
      count,
    );
  }

  /** Lengths as a column, its length before it, then the items; -1 when they are too many bytes. */
  #encodeItems(items: Uint8Array, itemEnds: Uint32Array, start: number, count: number): number {
    const { calls, memory, scratch, values, encoded } = this.#kernel;
    const { u8, f64, data } = memory.views();
    const from = start === 0 ? 0 : itemEnds[start - 1]!;
    const to = itemEnds[start + count - 1]!;
    if (to - from > ITEM_BYTES_MAX) return -1;
    let last = from;
    for (let i = 0; i < count; i++) {
      const end = itemEnds[start + i]!;
      f64[values.offset / 8 + i] = end - last;
      last = end;
    }
    const at = encoded.offset;
    const lengths = calls.timestampsEncode(
      values.offset,
      count,
      this.#isSmall,
      at + 4,
      scratch.offset,
    );
    data.setUint32(at, lengths, true);
    u8.set(items.subarray(from, to), at + 4 + lengths);
    return 4 + lengths + to - from;
  }

  /** The hash of each item into the values region. */
  #hashItems(items: Uint8Array, itemEnds: Uint32Array, start: number, count: number): void {
    const { memory, values } = this.#kernel;
    const { u32 } = memory.views();
    let last = start === 0 ? 0 : itemEnds[start - 1]!;
    for (let i = 0; i < count; i++) {
      const end = itemEnds[start + i]!;
      xxh64Into(u32, values.offset / 4 + 2 * i, items, 0, 0, last, end);
      last = end;
    }
  }
}
