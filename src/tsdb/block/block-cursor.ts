/** Goes through chosen series of a raw block in order, with their samples in a range of time. */
import type { TimeRange } from "#storage/queryable.ts";
import type { BlockFile } from "./block-file.ts";
import { COLUMN_SAMPLES } from "./block-columns.ts";
import type { BlockIndex } from "./block-reader.ts";
import type { BlockSeries, BlockSeriesSource } from "./block-series.ts";
import { PageColumnReader, type OnPageDamage } from "./page-column-reader.ts";
import type { PageTools } from "./page-tools.ts";
import { RowColumns } from "./row-columns.ts";

export interface BlockCursorOptions {
  readonly file: BlockFile;
  readonly index: BlockIndex;
  readonly tools: PageTools;
  /** Ascending. */
  readonly series: Uint32Array;
  readonly range: TimeRange;
  readonly onDamage?: OnPageDamage | undefined;
  readonly signal?: AbortSignal | undefined;
}

export class BlockCursor implements BlockSeriesSource {
  readonly #options: BlockCursorOptions;
  readonly #reader: PageColumnReader;
  readonly #rows = new RowColumns();
  #at = 0;

  constructor(options: BlockCursorOptions) {
    this.#options = options;
    const { file, index, tools, onDamage, signal } = options;
    const pages = index.pages[COLUMN_SAMPLES]!;
    this.#reader = new PageColumnReader(file, pages, tools, onDamage, signal);
  }

  /** Series without a sample in range are left out. */
  async next(): Promise<BlockSeries | null> {
    const { series, index, range } = this.#options;
    while (this.#at < series.length) {
      const number = series[this.#at++]!;
      this.#rows.clear();
      await this.#reader.read(number, range.minMs, range.maxMs, this.#rows);
      if (this.#rows.length > 0) return this.#rows.seriesOf(index.series.identity(number));
    }
    this.close();
    return null;
  }

  close(): void {
    this.#reader.close();
  }
}
