/**
 * Goes through chosen series of a block in order and decodes their samples in a range of time. Reads
 * a page once for all its chosen series. Buffers are its own and are filled anew for each series.
 */
import { isErrorOf } from "#base/engine-error.ts";
import type { TimeRange } from "#storage/queryable.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";
import { blockDamage, naming } from "./block-errors.ts";
import { BlockFile } from "./block-file.ts";
import type { BlockIndex } from "./block-reader.ts";
import type { BlockSeries, BlockSeriesSource } from "./block-series.ts";
import type { BlockPageDecoder, PageTools } from "./page-tools.ts";
import { RowColumns } from "./row-columns.ts";

export interface BlockCursorOptions {
  readonly file: BlockFile;
  readonly index: BlockIndex;
  readonly tools: PageTools;
  /** Ascending. */
  readonly series: Uint32Array;
  readonly range: TimeRange;
  /** Called for a damaged page, once; the cursor goes on without it. Absent: it throws. */
  readonly onDamage?: ((page: number, error: unknown) => void) | undefined;
}

export class BlockCursor implements BlockSeriesSource {
  readonly #options: BlockCursorOptions;
  readonly #decoder: BlockPageDecoder;
  readonly #buffer: Uint8Array<ArrayBuffer> = BlockFile.pageBuffer();
  readonly #rows = new RowColumns();
  #at = 0;
  /** Pages before this one hold none of the series to come. */
  #page = 0;
  #openPage = -1;
  #badPage = -1;

  constructor(options: BlockCursorOptions) {
    this.#options = options;
    this.#decoder = options.tools.decoder();
  }

  async next(): Promise<BlockSeries | null> {
    const { series, index } = this.#options;
    while (this.#at < series.length) {
      const number = series[this.#at++]!;
      this.#rows.clear();
      await this.#readSeries(number);
      if (this.#rows.length > 0) return this.#rows.seriesOf(index.series.identity(number));
    }
    return null;
  }

  async #readSeries(number: number): Promise<void> {
    const { index, range, onDamage } = this.#options;
    const { pages } = index;
    this.#page = pages.firstPageOf(number, this.#page);
    for (let page = this.#page; pages.holds(page, number); page++) {
      if (page === this.#badPage || !pages.overlaps(page, range.minMs, range.maxMs)) continue;
      try {
        if (page !== this.#openPage) await this.#open(page);
        naming(this.#options.file.path, pages.offset(page), () => this.#decode(number, page));
      } catch (error) {
        if (onDamage === undefined || !isErrorOf(error, CORRUPTION)) throw error;
        this.#badPage = page;
        onDamage(page, error);
      }
    }
  }

  async #open(page: number): Promise<void> {
    const { file, index } = this.#options;
    this.#openPage = -1;
    const bytes = await file.page(index.pages, page, this.#buffer);
    naming(file.path, index.pages.offset(page), () => this.#decoder.open(bytes, 0, bytes.length));
    this.#openPage = page;
  }

  #decode(number: number, page: number): void {
    const decoder = this.#decoder;
    const rows = this.#rows;
    const { minMs, maxMs } = this.#options.range;
    let column = decoder.find(number);
    if (column < 0) {
      // Pages hold every series between their first and last.
      throw blockDamage(this.#options.file.path, `page ${page} does not hold series ${number}`);
    }
    for (; column < decoder.columnCount && decoder.seriesAt(column) === number; column++) {
      rows.reserve(rows.length + decoder.countAt(column));
      const { timestamps, values, length } = rows;
      rows.advance(decoder.decodeRange(column, minMs, maxMs, timestamps, values, length));
    }
  }
}
