/**
 * Reads the rows of series, asked for in ascending order, out of the pages of one column of a block.
 * A page is read once for all series in it. Close it to give the decoder back.
 */
import { isErrorOf } from "#base/engine-error.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";
import { blockDamage, naming } from "./block-errors.ts";
import { BlockFile } from "./block-file.ts";
import type { PageTable } from "./page-table.ts";
import type { BlockPageDecoder, PageTools } from "./page-tools.ts";
import type { RowColumns } from "./row-columns.ts";

/** Called for a damaged page, once; reading goes on without it. */
export type OnPageDamage = (page: number, error: unknown) => void;

export class PageColumnReader {
  readonly #file: BlockFile;
  readonly #pages: PageTable;
  readonly #tools: PageTools;
  readonly #onDamage: OnPageDamage | undefined;
  readonly #buffer: Uint8Array<ArrayBuffer> = BlockFile.pageBuffer();
  #decoder: BlockPageDecoder | null;
  /** Pages before this one hold none of the series to come. */
  #page = 0;
  #openPage = -1;
  #badPage = -1;

  /** Without `onDamage` a damaged page is thrown. */
  constructor(file: BlockFile, pages: PageTable, tools: PageTools, onDamage?: OnPageDamage) {
    this.#file = file;
    this.#pages = pages;
    this.#tools = tools;
    this.#onDamage = onDamage;
    this.#decoder = tools.lendDecoder();
  }

  /** Appends the rows of `series` with `minMs <= timestamp <= maxMs` to `rows`. */
  async read(series: number, minMs: number, maxMs: number, rows: RowColumns): Promise<void> {
    const decoder = this.#decoder;
    if (decoder === null) throw new Error(`${this.#file.path}: read after close`);
    const pages = this.#pages;
    this.#page = pages.firstPageOf(series, this.#page);
    for (let page = this.#page; pages.holds(page, series); page++) {
      if (page === this.#badPage || !pages.overlaps(page, minMs, maxMs)) continue;
      try {
        if (page !== this.#openPage) await this.#open(decoder, page);
        naming(this.#file.path, pages.offset(page), () =>
          decodeRows(decoder, series, minMs, maxMs, rows),
        );
      } catch (error) {
        if (this.#onDamage === undefined || !isErrorOf(error, CORRUPTION)) throw error;
        this.#badPage = page;
        this.#onDamage(page, error);
      }
    }
  }

  close(): void {
    if (this.#decoder !== null) this.#tools.takeBack(this.#decoder);
    this.#decoder = null;
  }

  async #open(decoder: BlockPageDecoder, page: number): Promise<void> {
    this.#openPage = -1;
    const bytes = await this.#file.page(this.#pages, page, this.#buffer);
    const offset = this.#pages.offset(page);
    naming(this.#file.path, offset, () => decoder.open(bytes, 0, bytes.length));
    const first = decoder.columnCount === 0 ? -1 : decoder.seriesAt(0);
    if (first !== this.#pages.firstSeries(page)) {
      const cause = `page ${page} begins with series ${first}`;
      throw blockDamage(this.#file.path, `${cause}, want ${this.#pages.firstSeries(page)}`, offset);
    }
    this.#openPage = page;
  }
}

function decodeRows(
  decoder: BlockPageDecoder,
  series: number,
  minMs: number,
  maxMs: number,
  rows: RowColumns,
): void {
  let column = decoder.find(series);
  // A column of a tier leaves out series it has nothing to say of.
  if (column < 0) return;
  for (; column < decoder.columnCount && decoder.seriesAt(column) === series; column++) {
    rows.reserve(rows.length + decoder.countAt(column));
    const { timestamps, values, length } = rows;
    rows.advance(decoder.decodeRange(column, minMs, maxMs, timestamps, values, length));
  }
}
