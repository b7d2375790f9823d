/**
 * From a series to the pages that hold its samples: the page table of one column of a block, as
 * views of its section. Checked for order when it is made, because readers search in it.
 */
import { blockDamage } from "./block-errors.ts";
import { PAGE_OFFSET_UNIT } from "./page-packer.ts";
import { SectionReader } from "./section-columns.ts";

export class PageTable {
  readonly pageCount: number;
  readonly #offsets: Uint32Array;
  readonly #lengths: Uint32Array;
  readonly #firstSeries: Uint32Array;
  readonly #lastSeries: Uint32Array;
  readonly #marks: Uint32Array;
  /** First and last timestamp of each page. */
  readonly #times: Float64Array;

  constructor(path: string, section: Uint8Array<ArrayBuffer>) {
    const reader = new SectionReader(path, section);
    const [pageCount] = reader.u32(2);
    this.pageCount = pageCount!;
    this.#offsets = reader.u32(pageCount!);
    this.#lengths = reader.u32(pageCount!);
    this.#firstSeries = reader.u32(pageCount!);
    this.#lastSeries = reader.u32(pageCount!);
    this.#marks = reader.u32(pageCount!);
    this.#times = reader.f64(2 * pageCount!);
    for (let page = 1; page < pageCount!; page++) {
      // A series may go on in the next page, and nothing else may be in both.
      if (this.#firstSeries[page]! < this.#lastSeries[page - 1]!) {
        throw blockDamage(path, `page ${page} begins before the one in front of it ends`);
      }
    }
  }

  offset(page: number): number {
    return this.#offsets[page]! * PAGE_OFFSET_UNIT;
  }

  length(page: number): number {
    return this.#lengths[page]!;
  }

  mark(page: number): number {
    return this.#marks[page]!;
  }

  firstSeries(page: number): number {
    return this.#firstSeries[page]!;
  }

  lastSeries(page: number): number {
    return this.#lastSeries[page]!;
  }

  overlaps(page: number, minMs: number, maxMs: number): boolean {
    return this.#times[2 * page]! <= maxMs && this.#times[2 * page + 1]! >= minMs;
  }

  /** All of its rows, and so some of each of its series, are in range. */
  isWithin(page: number, minMs: number, maxMs: number): boolean {
    return this.#times[2 * page]! >= minMs && this.#times[2 * page + 1]! <= maxMs;
  }

  /** First page that may hold the series, at or behind `from`. */
  firstPageOf(series: number, from: number): number {
    let low = from;
    let high = this.pageCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#lastSeries[middle]! < series) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  holds(page: number, series: number): boolean {
    return (
      page < this.pageCount &&
      this.#firstSeries[page]! <= series &&
      this.#lastSeries[page]! >= series
    );
  }
}
