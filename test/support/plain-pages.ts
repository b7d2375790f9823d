/**
 * A page codec without any packing, for tests of what is built on pages: same calls and limits as
 * the real one, columns stored as they are, a checksum over all.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { crc32c } from "#base/hash/crc32c.ts";
import type { ClockStore } from "#chunk/shared-clocks.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";
import type { PageTools } from "#tsdb/block/page-tools.ts";

const HEADER_BYTES = 8;
const COLUMN_BYTES = 8;
/** In the count of a column: behind the timestamps come the ends of items and their bytes. */
const ITEMS = 0x8000_0000;

export interface PlainPageTools extends PageTools {
  /** Lent and not given back. */
  outCount(): number;
}

export function plainPageTools(pageBytesMax: number = 4096): PlainPageTools {
  const out = new Set<unknown>();
  const lent = <T>(one: T): T => {
    out.add(one);
    return one;
  };
  return {
    compressor: {
      compress: (bytes) => bytes.slice(),
      decompress: (bytes) => bytes.slice(),
    },
    lendEncoder: () => lent(new PlainEncoder(pageBytesMax)),
    lendDecoder: () => lent(new PlainDecoder()),
    lendDigest: () => lent(new PlainDigest()),
    takeBack: (one) => {
      assert(out.delete(one), "page tools: taken back twice");
    },
    outCount: () => out.size,
  };
}

class PlainEncoder {
  readonly #bytesMax: number;
  #columns: Uint8Array[] = [];
  #length = HEADER_BYTES;
  seriesCount = 0;
  sampleCount = 0;
  /** Not used: columns have timestamps of their own here. */
  sharedClocks: ClockStore | null = null;
  #last = -1;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  reset(): void {
    this.#columns = [];
    this.#length = HEADER_BYTES;
    this.seriesCount = 0;
    this.sampleCount = 0;
    this.#last = -1;
  }

  add(
    series: number,
    _fingerprintLow: number,
    _fingerprintHigh: number,
    timestamps: Float64Array,
    values: Float64Array,
    start: number,
    end: number,
  ): number {
    const room = Math.floor((this.#bytesMax - this.#length - COLUMN_BYTES) / 16);
    const isAlone = this.seriesCount === 0;
    const count = isAlone ? Math.min(end - start, room) : end - start;
    if (count > room) return 0;
    const column = new Uint8Array(COLUMN_BYTES + 16 * count);
    new Uint32Array(column.buffer, 0, 2).set([series, count]);
    new Float64Array(column.buffer, 8, count).set(timestamps.subarray(start, start + count));
    const bits = new Uint8Array(values.buffer, values.byteOffset + 8 * start, 8 * count);
    column.set(bits, 8 + 8 * count);
    this.#push(series, column, count);
    return count;
  }

  /** One at a time, and one alone however long it is. */
  addItems(
    _kind: number,
    series: number,
    _fingerprintLow: number,
    _fingerprintHigh: number,
    timestamps: Float64Array,
    items: Uint8Array,
    itemEnds: Uint32Array,
    start: number,
  ): number {
    const item = items.subarray(start === 0 ? 0 : itemEnds[start - 1]!, itemEnds[start]!);
    const column = new Uint8Array(COLUMN_BYTES + 16 + Math.ceil(item.length / 8) * 8);
    if (this.seriesCount > 0 && this.#length + column.length > this.#bytesMax) return 0;
    new Uint32Array(column.buffer, 0, 2).set([series, 1 + ITEMS]);
    new Float64Array(column.buffer, 8, 2).set([timestamps[start]!, item.length]);
    column.set(item, COLUMN_BYTES + 16);
    this.#push(series, column, 1);
    return 1;
  }

  #push(series: number, column: Uint8Array, count: number): void {
    this.#columns.push(column);
    this.#length += column.length;
    if (series !== this.#last) this.seriesCount++;
    this.#last = series;
    this.sampleCount += count;
  }

  finish(): Uint8Array<ArrayBuffer> {
    const page = new Uint8Array(this.#length);
    let at = HEADER_BYTES;
    for (const column of this.#columns) {
      page.set(column, at);
      at += column.length;
    }
    const words = new Uint32Array(page.buffer, 0, 2);
    words[1] = this.#columns.length;
    words[0] = crc32c(page, 0, 4);
    return page;
  }
}

class PlainDecoder {
  timestamps = new Float64Array(0);
  values = new Float64Array(0);
  items = new Uint8Array(0);
  itemEnds = new Uint32Array(0);
  #page = new Uint8Array(0);
  #columns: { series: number; count: number; at: number }[] = [];

  open(bytes: Uint8Array, start: number, end: number): number {
    this.#page = bytes.slice(start, end);
    const view = new DataView(this.#page.buffer);
    if (view.getUint32(0, true) !== crc32c(this.#page, 0, 4)) {
      throw new EngineError(CORRUPTION, "cannot decode page: checksum");
    }
    this.#columns = [];
    let at = HEADER_BYTES;
    for (let left = view.getUint32(4, true); left > 0; left--) {
      const word = view.getUint32(at + 4, true);
      const count = word % ITEMS;
      this.#columns.push({ series: view.getUint32(at, true), count, at: at + COLUMN_BYTES });
      at += COLUMN_BYTES + 16 * count;
      if (word >= ITEMS) at += Math.ceil(view.getFloat64(at - 8, true) / 8) * 8;
    }
    return end - start;
  }

  get columnCount(): number {
    return this.#columns.length;
  }

  find(series: number): number {
    return this.#columns.findIndex((column) => column.series === series);
  }

  seriesAt(column: number): number {
    return this.#columns[column]!.series;
  }

  countAt(column: number): number {
    return this.#columns[column]!.count;
  }

  decode(column: number): number {
    const { count, at } = this.#columns[column]!;
    this.timestamps = new Float64Array(this.#page.slice(at, at + 8 * count).buffer);
    this.values = new Float64Array(this.#page.slice(at + 8 * count, at + 16 * count).buffer);
    return count;
  }

  decodeItems(column: number): number {
    const count = this.decode(column);
    const [bytes] = this.values;
    const from = this.#columns[column]!.at + 16 * count;
    this.items = this.#page.slice(from, from + bytes!);
    this.itemEnds = Uint32Array.of(bytes!);
    return count;
  }

  decodeRange(
    column: number,
    from: number,
    to: number,
    outTimestamps: Float64Array,
    outValues: Float64Array,
    at: number,
  ): number {
    this.decode(column);
    const source = new Uint32Array(this.values.buffer);
    const target = new Uint32Array(outValues.buffer, outValues.byteOffset);
    let row = at;
    for (const [i, timestamp] of this.timestamps.entries()) {
      if (timestamp < from || timestamp > to) continue;
      outTimestamps[row] = timestamp;
      target[2 * row] = source[2 * i]!;
      target[2 * row + 1] = source[2 * i + 1]!;
      row++;
    }
    return row - at;
  }
}

class PlainDigest {
  readonly words: Uint32Array = new Uint32Array(4);

  reset(): void {
    this.words.fill(0);
  }

  add(
    fingerprintLow: number,
    fingerprintHigh: number,
    timestamps: Float64Array,
    values: Float64Array,
    start: number,
    end: number,
  ): void {
    const times = new Uint32Array(timestamps.buffer, timestamps.byteOffset);
    const bits = new Uint32Array(values.buffer, values.byteOffset);
    const sample = new Uint32Array(6);
    const bytes = new Uint8Array(sample.buffer);
    for (let row = start; row < end; row++) {
      sample.set([fingerprintLow, fingerprintHigh, times[2 * row]!, times[2 * row + 1]!]);
      sample.set([bits[2 * row]!, bits[2 * row + 1]!], 4);
      for (let sum = 0; sum < 2; sum++) {
        const low = this.words[2 * sum]! + crc32c(bytes, 1 + sum);
        this.words[2 * sum] = low;
        this.words[2 * sum + 1]! += crc32c(bytes, 3 + sum) + (low > 0xffff_ffff ? 1 : 0);
      }
    }
  }
}
