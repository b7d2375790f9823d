/**
 * Goes through chosen series of a block in order and decodes their samples in a range of time. Reads
 * a page once for all its chosen series. Buffers are its own and are filled anew for each series.
 */
import type { TimeRange } from "#storage/queryable.ts";
import { blockDamage, naming } from "./block-errors.ts";
import { BlockFile } from "./block-file.ts";
import type { BlockIndex } from "./block-reader.ts";
import type { BlockSeries, BlockSeriesSource } from "./block-series.ts";
import type { BlockPageDecoder, PageTools } from "./page-tools.ts";

const INITIAL_ROWS = 1024;

export class BlockCursor implements BlockSeriesSource {
  readonly #file: BlockFile;
  readonly #index: BlockIndex;
  readonly #decoder: BlockPageDecoder;
  readonly #series: Uint32Array;
  readonly #range: TimeRange;
  readonly #buffer: Uint8Array<ArrayBuffer> = BlockFile.pageBuffer();
  #at = 0;
  #page = 0;
  #openPage = -1;
  #timestamps = new Float64Array(INITIAL_ROWS);
  #values = new Float64Array(INITIAL_ROWS);
  #rows = 0;

  constructor(
    file: BlockFile,
    index: BlockIndex,
    tools: PageTools,
    series: Uint32Array,
    range: TimeRange,
  ) {
    this.#file = file;
    this.#index = index;
    this.#decoder = tools.decoder();
    this.#series = series;
    this.#range = range;
  }

  async next(): Promise<BlockSeries | null> {
    while (this.#at < this.#series.length) {
      const number = this.#series[this.#at++]!;
      this.#rows = 0;
      await this.#readRows(number);
      if (this.#rows === 0) continue;
      return {
        ...this.#index.series.identity(number),
        timestamps: this.#timestamps,
        values: this.#values,
        start: 0,
        end: this.#rows,
      };
    }
    return null;
  }

  async #readRows(number: number): Promise<void> {
    const { pages } = this.#index;
    const { path } = this.#file;
    const { minMs, maxMs } = this.#range;
    this.#page = pages.firstPageOf(number, this.#page);
    for (let page = this.#page; pages.holds(page, number); page++) {
      if (!pages.overlaps(page, minMs, maxMs)) continue;
      if (page !== this.#openPage) {
        this.#openPage = -1;
        const bytes = await this.#file.page(pages, page, this.#buffer);
        naming(path, pages.offset(page), () => this.#decoder.open(bytes, 0, bytes.length));
        this.#openPage = page;
      }
      naming(path, pages.offset(page), () => this.#decodeColumns(number, page));
    }
  }

  #decodeColumns(number: number, page: number): void {
    const decoder = this.#decoder;
    let column = decoder.find(number);
    if (column < 0) {
      // Pages hold every series between their first and last.
      throw blockDamage(this.#file.path, `page ${page} does not hold series ${number}`);
    }
    const { minMs, maxMs } = this.#range;
    for (; column < decoder.columnCount && decoder.seriesAt(column) === number; column++) {
      this.#reserve(this.#rows + decoder.countAt(column));
      const rows = this.#rows;
      this.#rows += decoder.decodeRange(column, minMs, maxMs, this.#timestamps, this.#values, rows);
    }
  }

  #reserve(rows: number): void {
    if (rows <= this.#timestamps.length) return;
    const size = Math.max(rows, 2 * this.#timestamps.length);
    const timestamps = new Float64Array(size);
    const values = new Float64Array(size);
    timestamps.set(this.#timestamps);
    // `set` between two Float64Arrays copies bits.
    values.set(this.#values);
    this.#timestamps = timestamps;
    this.#values = values;
  }
}
