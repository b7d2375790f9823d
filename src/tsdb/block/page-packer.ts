/**
 * Fills pages with series in ascending number and writes them to the file of a block, one behind the
 * other. Keeps the table that leads from a series to its pages.
 */
import { assert } from "#base/assert.ts";
import { crc32c } from "#base/hash/crc32c.ts";
import { COLUMN_HISTOGRAM } from "#chunk/column-kind.ts";
import { compressPage } from "#chunk/page-compression.ts";
import type { ClockStore } from "#chunk/shared-clocks.ts";
import type { HistogramRows } from "./histogram-rows.ts";
import type { BlockPageEncoder, PageTools } from "./page-tools.ts";
import { SectionWriter } from "./section-columns.ts";
import type { TemporaryFile } from "./temporary-file.ts";
import { WordList } from "./word-list.ts";

/** Bytes at both ends of a page that its mark covers: the page's own header and checksum. */
export const PAGE_MARK_BYTES = 32;
/** Offsets are counted in this unit, so u32 reaches 32 GiB. */
export const PAGE_OFFSET_UNIT = 8;

export class PagePacker {
  readonly #file: TemporaryFile;
  readonly #salt: number;
  readonly #encoder: BlockPageEncoder;
  readonly #tools: PageTools;
  readonly #offsets = new WordList();
  readonly #lengths = new WordList();
  readonly #firstSeries = new WordList();
  readonly #lastSeries = new WordList();
  readonly #marks = new WordList();
  readonly #times: number[] = [];
  #first = -1;
  #last = -1;
  #minMs = Infinity;
  #maxMs = -Infinity;

  /** `clocks` takes those that need not be in every page. */
  constructor(
    tools: PageTools,
    file: TemporaryFile,
    salt: number,
    clocks: ClockStore | null = null,
  ) {
    this.#tools = tools;
    this.#encoder = tools.lendEncoder();
    this.#encoder.sharedClocks = clocks;
    this.#file = file;
    this.#salt = salt;
  }

  async add(
    series: number,
    fingerprintLow: number,
    fingerprintHigh: number,
    timestamps: Float64Array,
    values: Float64Array,
    start: number,
    end: number,
  ): Promise<void> {
    for (let row = start; row < end;) {
      const taken = this.#encoder.add(
        series,
        fingerprintLow,
        fingerprintHigh,
        timestamps,
        values,
        row,
        end,
      );
      if (taken === 0) await this.#flush();
      else this.#note(series, timestamps, row, row + taken);
      row += taken;
    }
  }

  /** All of `rows`, whose bytes begin with those of the first. */
  async addHistograms(
    series: number,
    fingerprintLow: number,
    fingerprintHigh: number,
    rows: HistogramRows,
  ): Promise<void> {
    assert(rows.start[0] === 0, "block: histograms from within their bytes");
    const ends = rows.start.subarray(1);
    for (let row = 0; row < rows.length;) {
      const taken = this.#encoder.addItems(
        COLUMN_HISTOGRAM,
        series,
        fingerprintLow,
        fingerprintHigh,
        rows.timestamps,
        rows.bytes,
        ends,
        row,
        rows.length,
      );
      if (taken === 0) await this.#flush();
      else this.#note(series, rows.timestamps, row, row + taken);
      row += taken;
    }
  }

  /** The page table; nothing may be added afterwards. */
  async finish(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#first >= 0) await this.#flush();
    const section = new SectionWriter();
    section.u32(this.#offsets.length, 0);
    section.column(this.#offsets.words());
    section.column(this.#lengths.words());
    section.column(this.#firstSeries.words());
    section.column(this.#lastSeries.words());
    section.column(this.#marks.words());
    section.column(Float64Array.from(this.#times));
    return section.written();
  }

  /** Gives the encoder back; nothing is added any more. */
  close(): void {
    this.#tools.takeBack(this.#encoder);
  }

  #note(series: number, timestamps: Float64Array, start: number, end: number): void {
    if (this.#first < 0) this.#first = series;
    this.#last = series;
    this.#minMs = Math.min(this.#minMs, timestamps[start]!);
    this.#maxMs = Math.max(this.#maxMs, timestamps[end - 1]!);
  }

  async #flush(): Promise<void> {
    assert(this.#first >= 0, "block: an empty page takes no samples");
    // A copy: writing takes turns, and kernel memory may grow in between.
    const page = compressPage(this.#encoder.finish(), this.#tools.compressor).slice();
    assert(this.#file.length % PAGE_OFFSET_UNIT === 0, "block: page not on a multiple of eight");
    this.#offsets.push(this.#file.length / PAGE_OFFSET_UNIT);
    this.#lengths.push(page.length);
    this.#firstSeries.push(this.#first);
    this.#lastSeries.push(this.#last);
    this.#marks.push(pageMark(page, this.#salt));
    this.#times.push(this.#minMs, this.#maxMs);
    await this.#file.append(page);
    await this.#file.align();
    this.#encoder.reset();
    this.#first = -1;
    this.#minMs = Infinity;
    this.#maxMs = -Infinity;
  }
}

/**
 * Tells whether a page is the one that belongs in its place. The page's own checksum, which vouches
 * for the rest, is among the bytes covered.
 */
export function pageMark(page: Uint8Array, salt: number): number {
  if (page.length <= 2 * PAGE_MARK_BYTES) return crc32c(page, salt);
  const head = crc32c(page, salt, 0, PAGE_MARK_BYTES);
  return crc32c(page, head, page.length - PAGE_MARK_BYTES, page.length);
}
