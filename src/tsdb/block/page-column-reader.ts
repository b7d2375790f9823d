/**
 * Reads the rows of series, asked for in ascending order, out of the pages of one column of a block.
 * A page is read once for all series in it. Close it to give the decoder back.
 */
import { assert } from "#base/assert.ts";
import { isErrorOf } from "#base/engine-error.ts";
import type { ClockSource } from "#chunk/shared-clocks.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";
import { blockDamage, naming } from "./block-errors.ts";
import { BlockFile } from "./block-file.ts";
import type { PageTable } from "./page-table.ts";
import type { BlockPageDecoder, PageTools } from "./page-tools.ts";

/** Buffers of closed readers, for the next ones: a query opens and closes hundreds of readers. */
const freeBuffers: Uint8Array<ArrayBuffer>[] = [];
const FREE_BUFFERS_MAX = 64;

/** What rows of a column are gathered in. */
export interface ColumnRows {
  /** Appends the rows of a column of the open page with `minMs <= timestamp <= maxMs`. */
  takeColumn(decoder: BlockPageDecoder, column: number, minMs: number, maxMs: number): void;
}

/** Called for a damaged page, once; reading goes on without it. */
export type OnPageDamage = (page: number, error: unknown) => void;

export class PageColumnReader {
  readonly #file: BlockFile;
  readonly #pages: PageTable;
  readonly #tools: PageTools;
  readonly #onDamage: OnPageDamage | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #clocks: ClockSource | null;
  /** Made for the first page: of many blocks a selection needs none. */
  #buffer: Uint8Array<ArrayBuffer> | null = null;
  #decoder: BlockPageDecoder | null = null;
  #isClosed = false;
  /** Pages before this one hold none of the series to come. */
  #page = 0;
  /** The page whose bytes are in the buffer, and how many; -1 for none. */
  #readPage = -1;
  #readBytes = 0;
  /** The page that the decoder has open. */
  #openPage = -1;
  #badPage = -1;

  /** Without `onDamage` a damaged page is thrown. No page is read after `signal` has fired. */
  constructor(
    file: BlockFile,
    pages: PageTable,
    tools: PageTools,
    onDamage?: OnPageDamage,
    signal?: AbortSignal,
    clocks: ClockSource | null = null,
  ) {
    this.#file = file;
    this.#pages = pages;
    this.#tools = tools;
    this.#onDamage = onDamage;
    this.#signal = signal;
    this.#clocks = clocks;
  }

  /**
   * Appends the rows of `series` with `minMs <= timestamp <= maxMs` to `rows`; false when a damaged
   * page may have held more.
   */
  async read(series: number, minMs: number, maxMs: number, rows: ColumnRows): Promise<boolean> {
    assert(!this.#isClosed, () => `${this.#file.path}: read after close`);
    const pages = this.#pages;
    let isWhole = true;
    this.#page = pages.firstPageOf(series, this.#page);
    for (let page = this.#page; pages.holds(page, series); page++) {
      if (!pages.overlaps(page, minMs, maxMs)) continue;
      if (page === this.#badPage) {
        isWhole = false;
        continue;
      }
      try {
        if (page !== this.#readPage) await this.#load(page);
        // From here on nothing waits, so the decoder stays.
        naming(this.#file.path, pages.offset(page), () => {
          decodeRows(this.#opened(page), series, minMs, maxMs, rows);
        });
      } catch (error) {
        if (this.#onDamage === undefined || !isErrorOf(error, CORRUPTION)) throw error;
        this.#badPage = page;
        this.#onDamage(page, error);
        isWhole = false;
      }
    }
    return isWhole;
  }

  close(): void {
    this.#isClosed = true;
    if (this.#decoder !== null) this.#tools.takeBack(this.#decoder);
    this.#decoder = null;
    if (this.#buffer !== null && freeBuffers.length < FREE_BUFFERS_MAX) {
      freeBuffers.push(this.#buffer);
    }
    this.#buffer = null;
  }

  async #load(page: number): Promise<void> {
    this.#signal?.throwIfAborted();
    this.#readPage = -1;
    this.#openPage = -1;
    const buffer = this.#buffer ?? freeBuffers.pop() ?? BlockFile.pageBuffer();
    // Not given back while the disk may still write to it.
    this.#buffer = null;
    this.#readBytes = (await this.#file.page(this.#pages, page, buffer)).length;
    this.#buffer = buffer;
    this.#readPage = page;
  }

  #opened(page: number): BlockPageDecoder {
    this.#decoder ??= this.#tools.lendDecoder(() => {
      this.#decoder = null;
      this.#openPage = -1;
    });
    const decoder = this.#decoder;
    // Kernel memory may have grown meanwhile, and what the decoder keeps of the page is void then.
    const isVoid = decoder.timestamps.buffer.detached;
    if (this.#openPage === page && !isVoid) return decoder;
    decoder.open(this.#buffer!, 0, this.#readBytes, this.#clocks);
    const first = decoder.columnCount === 0 ? -1 : decoder.seriesAt(0);
    const want = this.#pages.firstSeries(page);
    if (first !== want) {
      throw blockDamage(this.#file.path, `page ${page} begins with series ${first}, want ${want}`);
    }
    this.#openPage = page;
    return decoder;
  }
}

function decodeRows(
  decoder: BlockPageDecoder,
  series: number,
  minMs: number,
  maxMs: number,
  rows: ColumnRows,
): void {
  let column = decoder.find(series);
  // A column of a tier leaves out series it has nothing to say of.
  if (column < 0) return;
  for (; column < decoder.columnCount && decoder.seriesAt(column) === series; column++) {
    rows.takeColumn(decoder, column, minMs, maxMs);
  }
}
