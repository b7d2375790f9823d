/**
 * The directory of a page: its clocks (timestamp columns) and its columns, each as varints behind
 * the page header. An encoder fills one and writes it; a decoder reads it back. Drawn in FORMAT.md.
 */
import { assert } from "#base/assert.ts";
import type { ByteReader } from "#base/bytes/byte-reader.ts";
import { varintBytes, writeVarint } from "#base/bytes/varint.ts";
import { COLUMN_SAMPLES_MAX } from "#kernels/layout/page-layout.ts";
import type { ColumnKind } from "./column-kind.ts";
import { PAGE_BYTES_MAX } from "./page-header.ts";

/** Constant columns take four bytes: without a bound a page could name 16,000 series. */
export const PAGE_COLUMNS_MAX = 4096;
/** Clocks that a column may share, counted back from the newest; 15 stands for a new one. */
const CLOCKS_BACK_MAX = 14;
const NEW_CLOCK = 15;
/** In place of a number: the bytes of the clock are in the page. */
export const OWN_CLOCK = -1;

export class PageDirectory {
  columnCount = 0;
  clockCount = 0;
  /** Bytes that `write` will take. */
  bytes = 0;
  readonly series: Uint32Array = new Uint32Array(PAGE_COLUMNS_MAX);
  readonly kinds: Uint8Array = new Uint8Array(PAGE_COLUMNS_MAX);
  /** Clock number of each column. */
  readonly clocks: Uint16Array = new Uint16Array(PAGE_COLUMNS_MAX);
  /** Where each column's bytes begin, behind the bytes of all clocks; the last one's end. */
  readonly starts: Uint32Array = new Uint32Array(PAGE_COLUMNS_MAX + 1);
  /** The same of clocks, behind the directory. */
  readonly clockStarts: Uint32Array = new Uint32Array(PAGE_COLUMNS_MAX + 1);
  /** Number of a clock that is kept beside the pages, or `OWN_CLOCK`. */
  readonly sharedClocks: Float64Array = new Float64Array(PAGE_COLUMNS_MAX);
  readonly counts: Uint32Array = new Uint32Array(PAGE_COLUMNS_MAX);
  readonly minTimestamps: Float64Array = new Float64Array(PAGE_COLUMNS_MAX);
  readonly maxTimestamps: Float64Array = new Float64Array(PAGE_COLUMNS_MAX);

  reset(): void {
    this.columnCount = 0;
    this.clockCount = 0;
    this.bytes = 0;
  }

  /** Bytes by which a column makes the directory longer. */
  columnCost(series: number, bytes: number): number {
    const last = this.columnCount === 0 ? 0 : this.series[this.columnCount - 1]!;
    return varintBytes(series - last) + 1 + varintBytes(bytes);
  }

  /**
   * The same of a clock; its first timestamp is written in full, as if the page had no other. One
   * that has no bytes here has a number.
   */
  clockCost(count: number, min: number, max: number, bytes: number, shared: number): number {
    const place = bytes > 0 ? varintBytes(bytes) : 1 + varintBytes(shared);
    return varintBytes(count) + 8 + varintBytes(max - min) + place;
  }

  addClock(count: number, min: number, max: number, bytes: number, shared: number): void {
    assert(bytes > 0 === (shared === OWN_CLOCK), () => `page: clock ${shared} of ${bytes} bytes`);
    const clock = this.clockCount++;
    this.bytes += this.clockCost(count, min, max, bytes, shared);
    this.sharedClocks[clock] = shared;
    this.counts[clock] = count;
    this.minTimestamps[clock] = min;
    this.maxTimestamps[clock] = max;
    this.clockStarts[clock + 1] = this.clockStarts[clock]! + bytes;
  }

  addColumn(series: number, kind: ColumnKind, clock: number, bytes: number): void {
    const column = this.columnCount;
    assert(
      column === 0 || series >= this.series[column - 1]!,
      () => `page: got series ${series} behind ${this.series[column - 1]}, want rising`,
    );
    this.bytes += this.columnCost(series, bytes);
    this.columnCount++;
    this.series[column] = series;
    this.kinds[column] = kind;
    this.clocks[column] = clock;
    this.starts[column + 1] = this.starts[column]! + bytes;
  }

  /** Writes the directory at `offset`; the offset behind it. */
  write(into: Uint8Array, offset: number): number {
    const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
    let at = offset;
    for (let clock = 0; clock < this.clockCount; clock++) {
      const min = this.minTimestamps[clock]!;
      at = writeVarint(into, at, this.counts[clock]!);
      view.setBigInt64(at, BigInt(min), true);
      at = writeVarint(into, at + 8, this.maxTimestamps[clock]! - min);
      at = writeVarint(into, at, this.clockStarts[clock + 1]! - this.clockStarts[clock]!);
      const shared = this.sharedClocks[clock]!;
      if (shared !== OWN_CLOCK) at = writeVarint(into, at, shared);
    }
    let lastSeries = 0;
    let newest = -1;
    for (let column = 0; column < this.columnCount; column++) {
      const clock = this.clocks[column]!;
      const back = clock > newest ? NEW_CLOCK : newest - clock;
      assert(clock > newest || back <= CLOCKS_BACK_MAX, () => `page: got a clock ${back} back`);
      newest = Math.max(newest, clock);
      at = writeVarint(into, at, this.series[column]! - lastSeries);
      into[at] = this.kinds[column]! | (back << 4);
      at = writeVarint(into, at + 1, this.starts[column + 1]! - this.starts[column]!);
      lastSeries = this.series[column]!;
    }
    return at;
  }

  /** Reads a directory of so many clocks and columns; false when the bytes are none. */
  read(reader: ByteReader, clockCount: number, columnCount: number): boolean {
    this.reset();
    if (clockCount > columnCount || columnCount > PAGE_COLUMNS_MAX) return false;
    for (let clock = 0; clock < clockCount; clock++) {
      const count = reader.varint();
      const min = reader.i64();
      const span = reader.varint();
      const bytes = reader.varint();
      const shared = bytes > 0 ? OWN_CLOCK : reader.varint();
      if (!reader.ok || count < 1 || count > COLUMN_SAMPLES_MAX) return false;
      if (bytes > PAGE_BYTES_MAX || !Number.isSafeInteger(min + span)) return false;
      this.addClock(count, min, min + span, bytes, shared);
    }
    let series = 0;
    let newest = -1;
    for (let column = 0; column < columnCount; column++) {
      series += reader.varint();
      const head = reader.u8();
      const bytes = reader.varint();
      const back = head >> 4;
      const clock = back === NEW_CLOCK ? ++newest : newest - back;
      if (!reader.ok || series > 0xffff_ffff || bytes > PAGE_BYTES_MAX) return false;
      if (clock < 0 || clock >= clockCount) return false;
      this.addColumn(series, (head & 15) as ColumnKind, clock, bytes);
    }
    return newest === clockCount - 1;
  }
}
