/**
 * Reads the samples of one series out of the head: those of some generations, among what a view
 * sees, in a time range. Chunks are decoded by the kernel, values copied as they are.
 */
import {
  CHUNK_COUNT,
  CHUNK_FIRST,
  CHUNK_LAST,
  CHUNK_PREVIOUS,
  CHUNK_PREVIOUS_GENERATION,
  HEAD_READ_TIMESTAMPS,
  HEAD_READ_VALUES,
  SERIES_CHUNK,
  SERIES_CHUNK_GENERATION,
  SERIES_FLAGS,
  SERIES_GENERATION,
  SERIES_INTERVAL,
  SERIES_LAST_TIMESTAMP,
  SERIES_SAMPLE_COUNT,
  SERIES_SIDE,
  SERIES_STAGED,
  SERIES_STAGING,
  SERIES_TIMES,
  SERIES_WIDE,
  SIDE_CHUNK,
  SIDE_CHUNK_COUNT,
  SIDE_CHUNK_HEADER_BYTES,
  SIDE_CHUNK_MAX,
  SIDE_CHUNK_MIN,
  SIDE_CHUNK_PREVIOUS,
  SIDE_CHUNK_PREVIOUS_GENERATION,
  SIDE_GENERATION,
  SIDE_SAMPLE_BYTES,
  SIDE_SAMPLE_MARK,
} from "#kernels/layout/head-layout.ts";
import type { TimeRange } from "#storage/queryable.ts";
import type { Head } from "./head.ts";
import type { SampleColumns } from "./sample-columns.ts";
import { sortSamples } from "./sort-samples.ts";

/** What of the head is looked at. */
export interface HeadWindow extends TimeRange {
  /** Kernel generations, `after` exclusive, `upTo` inclusive. */
  readonly after: number;
  readonly upTo: number;
  /** Samples aside with this mark or a higher one are not seen. */
  readonly mark: number;
}

/** In order of time, those that left included. */
export function sampleCountOf(head: Head, ref: number): number {
  return head.memory.u32[head.recordWord(ref) + SERIES_SAMPLE_COUNT / 4]!;
}

export class HeadReader {
  readonly #head: Head;
  readonly #window: HeadWindow;
  /** Chunks to read, newest first, and the numbers of their first samples. */
  readonly #chunks: number[] = [];
  readonly #starts: number[] = [];
  /** Samples decoded so far: what reading costs. */
  decoded = 0;

  constructor(head: Head, window: HeadWindow) {
    this.#head = head;
    this.#window = window;
  }

  /**
   * Adds the samples of `ref` in the window to the columns: ascending, each time once, the first
   * stored wins. Of those stored in order it sees the first `visible`.
   */
  read(ref: number, visible: number, columns: SampleColumns): void {
    const record = this.#head.recordWord(ref);
    const start = columns.rows;
    this.#listChunks(record, visible);
    for (let i = this.#chunks.length - 1; i >= 0; i--) {
      this.#readChunk(this.#chunks[i]!, visible - this.#starts[i]!, columns);
    }
    this.#readStaged(record, visible, columns);
    if (this.#head.memory.u32[record + SERIES_SIDE / 4] === 0) return;
    const inOrder = columns.rows;
    this.#readSide(record, columns);
    if (columns.rows === inOrder) return;
    columns.rows = sortSamples(columns.timestamps, columns.words, start, columns.rows);
  }

  /** Whether `read` would add a row; `columns` stay as they are. */
  hasSamples(ref: number, visible: number, columns: SampleColumns): boolean {
    const { f64 } = this.#head.memory;
    const { minMs } = this.#window;
    this.#listChunks(this.#head.recordWord(ref), visible);
    for (const chunk of this.#chunks) if (f64[(chunk + CHUNK_FIRST) >>> 3]! >= minMs) return true;
    const { rows } = columns;
    this.read(ref, visible, columns);
    const has = columns.rows > rows;
    columns.rows = rows;
    return has;
  }

  /** Lists the chunks that may hold samples of the window. */
  #listChunks(record: number, visible: number): void {
    const { u8, u32, f64 } = this.#head.memory;
    const { after, upTo, minMs, maxMs } = this.#window;
    this.#chunks.length = 0;
    this.#starts.length = 0;
    let end = u32[record + SERIES_SAMPLE_COUNT / 4]! - u8[4 * record + SERIES_STAGED]!;
    let chunk = u32[record + SERIES_CHUNK / 4]!;
    let generation = u32[record + SERIES_CHUNK_GENERATION / 4]!;
    while (generation > after) {
      end -= u32[(chunk + CHUNK_COUNT) >>> 2]!;
      const isInRange =
        f64[(chunk + CHUNK_FIRST) >>> 3]! <= maxMs && f64[(chunk + CHUNK_LAST) >>> 3]! >= minMs;
      if (generation <= upTo && end < visible && isInRange) {
        this.#chunks.push(chunk);
        this.#starts.push(end);
      }
      generation = u32[(chunk + CHUNK_PREVIOUS_GENERATION) >>> 2]!;
      chunk = u32[(chunk + CHUNK_PREVIOUS) >>> 2]!;
    }
  }

  #readChunk(chunk: number, visible: number, columns: SampleColumns): void {
    const { kernel, f64 } = this.#head.memory;
    const { minMs, maxMs } = this.#window;
    const count = kernel.readChunk(chunk) >>> 0;
    this.decoded += count;
    const base = HEAD_READ_TIMESTAMPS / 8;
    let first = 0;
    let end = Math.min(count, visible);
    if (f64[base]! < minMs) first = firstNotBelow(f64, base, end, minMs);
    while (end > first && f64[base + end - 1]! > maxMs) end--;
    if (end <= first) return;
    columns.reserve(end - first);
    const values = HEAD_READ_VALUES / 8;
    columns.timestamps.set(f64.subarray(base + first, base + end), columns.rows);
    columns.values.set(f64.subarray(values + first, values + end), columns.rows);
    columns.rows += end - first;
  }

  #readStaged(record: number, visible: number, columns: SampleColumns): void {
    const { u8, u32, f64 } = this.#head.memory;
    const { after, upTo, minMs, maxMs } = this.#window;
    const staged = u8[4 * record + SERIES_STAGED]!;
    const generation = u32[record + SERIES_GENERATION / 4]!;
    if (staged === 0 || generation <= after || generation > upTo) return;
    const value = u32[record + SERIES_STAGING / 4]! >>> 2;
    const seen = staged - Math.max(0, u32[record + SERIES_SAMPLE_COUNT / 4]! - visible);
    const isWide = (u8[4 * record + SERIES_FLAGS]! & SERIES_WIDE) !== 0;
    const times = u32[record + SERIES_TIMES / 4]! >>> 2;
    const interval = staged > 1 ? u32[record + SERIES_INTERVAL / 4]! : 0;
    const last = f64[(record + SERIES_LAST_TIMESTAMP / 4) >>> 1]!;
    const base = last - (isWide ? u32[times + staged - 1]! : interval * (staged - 1));
    columns.reserve(staged);
    const { timestamps, words } = columns;
    let row = columns.rows;
    for (let i = 0; i < seen; i++) {
      const timestamp = base + (isWide ? u32[times + i]! : interval * i);
      if (timestamp < minMs || timestamp > maxMs) continue;
      timestamps[row] = timestamp;
      words[2 * row] = u32[value + 2 * i]!;
      words[2 * row + 1] = u32[value + 2 * i + 1]!;
      row++;
    }
    columns.rows = row;
  }

  /** Samples aside, in order of arrival. */
  #readSide(record: number, columns: SampleColumns): void {
    const { u32, f64 } = this.#head.memory;
    const { after, upTo, minMs, maxMs } = this.#window;
    const chunks = this.#chunks;
    chunks.length = 0;
    const side = u32[record + SERIES_SIDE / 4]! >>> 2;
    let chunk = u32[side + SIDE_CHUNK / 4]!;
    let generation = u32[side + SIDE_GENERATION / 4]!;
    while (generation > after) {
      const isInRange =
        f64[(chunk + SIDE_CHUNK_MIN) >>> 3]! <= maxMs &&
        f64[(chunk + SIDE_CHUNK_MAX) >>> 3]! >= minMs;
      if (generation <= upTo && isInRange) chunks.push(chunk);
      generation = u32[(chunk + SIDE_CHUNK_PREVIOUS_GENERATION) >>> 2]!;
      chunk = u32[(chunk + SIDE_CHUNK_PREVIOUS) >>> 2]!;
    }
    for (let i = chunks.length - 1; i >= 0; i--) this.#copySide(chunks[i]!, columns);
  }

  #copySide(chunk: number, columns: SampleColumns): void {
    const { u32, f64 } = this.#head.memory;
    const { minMs, maxMs, mark } = this.#window;
    const count = u32[(chunk + SIDE_CHUNK_COUNT) >>> 2]!;
    columns.reserve(count);
    const { timestamps, words } = columns;
    let row = columns.rows;
    for (let i = 0; i < count; i++) {
      const at = chunk + SIDE_CHUNK_HEADER_BYTES + i * SIDE_SAMPLE_BYTES;
      const timestamp = f64[at >>> 3]!;
      if (u32[(at + SIDE_SAMPLE_MARK) >>> 2]! >= mark) break;
      if (timestamp < minMs || timestamp > maxMs) continue;
      timestamps[row] = timestamp;
      words[2 * row] = u32[(at + 8) >>> 2]!;
      words[2 * row + 1] = u32[(at + 12) >>> 2]!;
      row++;
    }
    columns.rows = row;
  }
}

/** First of `[0, end)` behind `base` that is not below `minMs`; the column ascends. */
function firstNotBelow(f64: Float64Array, base: number, end: number, minMs: number): number {
  let low = 0;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (f64[base + middle]! < minMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
