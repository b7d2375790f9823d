/**
 * Reads one page: its directory at `open`, then any of its columns. Nothing is trusted before the
 * checksum; after it, what does not add up is CHUNK_CORRUPT, never a wrong answer or a trap.
 * FORMAT.md draws the bytes.
 */
import { assert } from "#base/assert.ts";
import { ByteReader } from "#base/bytes/byte-reader.ts";
import { EngineError } from "#base/engine-error.ts";
import type { KernelRegion } from "#kernels/kernel-memory.ts";
import { COLUMN_SAMPLES_MAX, COLUMN_SLACK_BYTES } from "#kernels/layout/page-layout.ts";
import type { PageKernel } from "#kernels/page-kernel.ts";
import { CHUNK_CORRUPT } from "./chunk-errors.ts";
import { COLUMN_FLOAT } from "./column-kind.ts";
import type { ColumnKind } from "./column-kind.ts";
import type { PageCompressor } from "./page-compression.ts";
import { OWN_CLOCK, PageDirectory } from "./page-directory.ts";
import {
  CRC_OFFSET,
  CRC_START,
  FLAG_ZSTD,
  PAGE_BYTES_MAX,
  PAGE_HEADER_BYTES,
  readPageHeader,
} from "./page-header.ts";
import type { PageHeader } from "./page-header.ts";
import type { ClockSource } from "./shared-clocks.ts";

const NO_SAMPLES = new Float64Array(0);
const NO_CLOCK = -1;

export class PageDecoder {
  readonly #kernel: PageKernel;
  readonly #compressor: PageCompressor;
  readonly #directory = new PageDirectory();
  readonly #page: KernelRegion;
  readonly #timestamps: KernelRegion;
  readonly #values: KernelRegion;
  #header: PageHeader | undefined;
  #sharedClocks: ClockSource | null = null;
  /** Where the bytes of clocks and of columns begin, in kernel memory. */
  #clocksAt = 0;
  #columnsAt = 0;
  /** The clock that the timestamps region holds. */
  #clock = NO_CLOCK;
  /**
   * Columns of the last `decode`, `count` samples long, in kernel memory: copy what must outlive
   * the next call. Value bits are exact.
   */
  timestamps: Float64Array<ArrayBuffer> = NO_SAMPLES;
  values: Float64Array<ArrayBuffer> = NO_SAMPLES;
  /** Items of the last `decodeItems`, as `PageEncoder.addItems` takes them. */
  items: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  itemEnds: Uint32Array<ArrayBuffer> = new Uint32Array(0);

  constructor(kernel: PageKernel, compressor: PageCompressor) {
    const { memory } = kernel;
    const owner = `page decoder ${memory.regions().length}`;
    this.#kernel = kernel;
    this.#compressor = compressor;
    this.#page = memory.allocate(`${owner} page`, PAGE_BYTES_MAX + COLUMN_SLACK_BYTES);
    const columnBytes = (COLUMN_SAMPLES_MAX + 1) * 8;
    this.#timestamps = memory.allocate(`${owner} timestamps`, columnBytes);
    this.#values = memory.allocate(`${owner} values`, columnBytes);
  }

  /**
   * The page at `bytes[start]`, which ends at `end` or before; returns its length. `clocks` are those
   * that it does not hold itself.
   */
  open(bytes: Uint8Array, start: number, end: number, clocks: ClockSource | null = null): number {
    this.#header = undefined;
    this.#sharedClocks = clocks;
    this.#clock = NO_CLOCK;
    const header = readPageHeader(bytes, start, end);
    const { pageBytes, bodyBytes } = header;
    if (pageBytes < PAGE_HEADER_BYTES || pageBytes > Math.min(end - start, PAGE_BYTES_MAX)) {
      corrupt(`got length ${pageBytes} with ${end - start} bytes there`);
    }
    if (bodyBytes > PAGE_BYTES_MAX - PAGE_HEADER_BYTES) corrupt(`got a body of ${bodyBytes} bytes`);
    const { calls, memory } = this.#kernel;
    const { u8, data } = memory.views();
    const at = this.#page.offset;
    u8.set(bytes.subarray(start, start + pageBytes), at);
    const crc = calls.crc32c(at + CRC_START, pageBytes - CRC_START, 0);
    const want = data.getUint32(at + CRC_OFFSET, true);
    if (crc !== want) corrupt(`got checksum ${crc.toString(16)}, want ${want.toString(16)}`);
    const body = bytes.subarray(start + PAGE_HEADER_BYTES, start + pageBytes);
    if (header.flags === FLAG_ZSTD) u8.set(this.#inflate(body, bodyBytes), at + PAGE_HEADER_BYTES);
    else if (header.flags !== 0 || body.length !== bodyBytes) corrupt(`got flags ${header.flags}`);
    this.#readDirectory(header);
    this.#header = header;
    return pageBytes;
  }

  /** Columns in the page. A series has more than one when it has many samples, or several kinds. */
  get columnCount(): number {
    return this.#opened().columnCount;
  }

  get sampleCount(): number {
    return this.#opened().sampleCount;
  }

  get minTimestamp(): number {
    return this.#opened().minTimestamp;
  }

  get maxTimestamp(): number {
    return this.#opened().maxTimestamp;
  }

  /** Digest sums of all samples: two 64-bit sums, low word first. */
  get digest(): Uint32Array {
    return this.#opened().digest;
  }

  /** First column of the series, or -1. */
  find(series: number): number {
    const { series: numbers } = this.#directory;
    let low = 0;
    let high = this.#opened().columnCount;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numbers[middle]! < series) low = middle + 1;
      else high = middle;
    }
    return low < this.columnCount && numbers[low] === series ? low : -1;
  }

  seriesAt(column: number): number {
    return this.#directory.series[this.#known(column)]!;
  }

  kindAt(column: number): ColumnKind {
    return this.#directory.kinds[this.#known(column)]! as ColumnKind;
  }

  countAt(column: number): number {
    return this.#directory.counts[this.#clockOf(column)]!;
  }

  minTimestampAt(column: number): number {
    return this.#directory.minTimestamps[this.#clockOf(column)]!;
  }

  maxTimestampAt(column: number): number {
    return this.#directory.maxTimestamps[this.#clockOf(column)]!;
  }

  /** Decodes a float column into `timestamps` and `values`; returns its samples. */
  decode(column: number): number {
    assert(this.kindAt(column) === COLUMN_FLOAT, "page: decode is for floats, got items");
    const count = this.#decodeClock(column);
    const start = this.#directory.starts[column]!;
    const bytes = this.#directory.starts[column + 1]! - start;
    this.#decodeColumn(this.#columnsAt + start, bytes, count, this.#values);
    this.values = this.#viewOf(this.#values, count);
    return count;
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
    if (this.maxTimestampAt(column) < from || this.minTimestampAt(column) > to) return 0;
    const count = this.decode(column);
    const start = firstAtLeast(this.timestamps, count, from);
    let end = count;
    if (this.timestamps[count - 1]! > to) {
      end = firstAtLeast(this.timestamps, count, to);
      while (end < count && this.timestamps[end]! <= to) end++;
    }
    outTimestamps.set(this.timestamps.subarray(start, end), at);
    outValues.set(this.values.subarray(start, end), at);
    return end - start;
  }

  /** Decodes a column of items into `timestamps`, `items` and `itemEnds`; returns their number. */
  decodeItems(column: number): number {
    assert(this.kindAt(column) !== COLUMN_FLOAT, "page: decodeItems is for items, got floats");
    const count = this.#decodeClock(column);
    const at = this.#columnsAt + this.#directory.starts[column]!;
    const bytes = this.#directory.starts[column + 1]! - this.#directory.starts[column]!;
    const { u8, data } = this.#kernel.memory.views();
    const lengthBytes = bytes < 4 ? bytes : data.getUint32(at, true);
    if (4 + lengthBytes > bytes) corrupt(`got ${bytes} bytes of items, ${lengthBytes} of lengths`);
    this.#decodeColumn(at + 4, lengthBytes, count, this.#values);
    const lengths = this.#viewOf(this.#values, count);
    const ends = new Uint32Array(count);
    const itemBytes = bytes - 4 - lengthBytes;
    let end = 0;
    for (let i = 0; i < count; i++) {
      const length = lengths[i]!;
      end += length;
      if (length < 0 || end > itemBytes) corrupt(`got an item of ${length} bytes`);
      ends[i] = end;
    }
    if (end !== itemBytes) corrupt(`got ${end} bytes in items, want ${itemBytes}`);
    const from = at + 4 + lengthBytes;
    this.items = u8.subarray(from, from + itemBytes);
    this.itemEnds = ends;
    return count;
  }

  #opened(): PageHeader {
    assert(this.#header !== undefined, "page: no page is open");
    return this.#header;
  }

  #known(column: number): number {
    assert(column >= 0 && column < this.columnCount, () => `page: got column ${column}`);
    return column;
  }

  #clockOf(column: number): number {
    return this.#directory.clocks[this.#known(column)]!;
  }

  #inflate(body: Uint8Array, bodyBytes: number): Uint8Array {
    try {
      return this.#compressor.decompress(body, bodyBytes);
    } catch (cause) {
      throw new EngineError(CHUNK_CORRUPT, "cannot read page: its zstd frame is damaged", {
        cause,
      });
    }
  }

  #readDirectory(header: PageHeader): void {
    const { u8 } = this.#kernel.memory.views();
    const start = this.#page.offset + PAGE_HEADER_BYTES;
    const end = start + header.bodyBytes;
    const reader = new ByteReader(u8, start, end);
    const directory = this.#directory;
    if (!directory.read(reader, header.clockCount, header.columnCount)) {
      corrupt(`got no directory: ${reader.failure ?? "its numbers do not fit together"}`);
    }
    this.#clocksAt = reader.offset;
    this.#columnsAt = this.#clocksAt + directory.clockStarts[header.clockCount]!;
    if (this.#columnsAt + directory.starts[header.columnCount]! !== end) {
      corrupt("its columns do not fill it");
    }
  }

  /** Timestamps of a column, kept while the next column shares them; returns their number. */
  #decodeClock(column: number): number {
    const clock = this.#clockOf(column);
    const { clockStarts, counts } = this.#directory;
    if (clock !== this.#clock) {
      this.#clock = NO_CLOCK;
      const shared = this.#directory.sharedClocks[clock]!;
      const start = clockStarts[clock]!;
      const own = clockStarts[clock + 1]! - start;
      const [at, bytes] =
        shared === OWN_CLOCK ? [this.#clocksAt + start, own] : this.#placeShared(shared);
      this.#decodeColumn(at, bytes, counts[clock]!, this.#timestamps);
      this.#clock = clock;
    }
    // The region keeps its samples when the memory grows; a view of it does not live on.
    this.timestamps = this.#viewOf(this.#timestamps, counts[clock]!);
    return counts[clock]!;
  }

  /** Where the bytes of a shared clock are in kernel memory now, until the next encoding. */
  #placeShared(number: number): readonly [at: number, bytes: number] {
    const bytes = this.#sharedClocks?.bytesOf(number) ?? null;
    if (bytes === null || bytes.length > PAGE_BYTES_MAX)
      corrupt(`got no clock ${number} beside it`);
    const { memory, encoded } = this.#kernel;
    memory.views().u8.set(bytes, encoded.offset);
    return [encoded.offset, bytes.length];
  }

  #decodeColumn(at: number, bytes: number, count: number, to: KernelRegion): void {
    const { calls, scratch } = this.#kernel;
    const code = calls.columnDecode(at, bytes, count, to.offset, scratch.offset);
    if (code !== 0) corrupt(`got a column of ${bytes} bytes that is none`);
  }

  #viewOf(region: KernelRegion, count: number): Float64Array<ArrayBuffer> {
    return this.#kernel.memory.views().f64.subarray(region.offset / 8, region.offset / 8 + count);
  }
}

function corrupt(cause: string): never {
  throw new EngineError(CHUNK_CORRUPT, `cannot read page: ${cause}`);
}

function firstAtLeast(timestamps: Float64Array, count: number, least: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timestamps[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
