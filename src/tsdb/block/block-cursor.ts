/**
 * Goes through chosen series of a block in order, with their samples in a range of time and the bytes
 * of those that are histograms. Of a tier it gives the last sample of each kind of every bucket.
 */
import { hasHistogramTagAt, writeHistogramTagAt } from "#chunk/histogram/histogram-tag.ts";
import type { TimeRange } from "#storage/queryable.ts";
import type { BlockFile } from "./block-file.ts";
import { COLUMN_SAMPLES } from "./block-columns.ts";
import type { BlockIndex } from "./block-reader.ts";
import type { BlockSeries, BlockSeriesSource } from "./block-series.ts";
import { eachHistogram } from "./each-histogram.ts";
import { HistogramList } from "./histogram-list.ts";
import type { HistogramRows } from "./histogram-rows.ts";
import { PageColumnReader, type OnPageDamage } from "./page-column-reader.ts";
import type { PageTools } from "./page-tools.ts";
import { TIER_RAW } from "./tier.ts";
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
  /** Null when the block has no histograms. */
  readonly #histogramReader: PageColumnReader | null;
  readonly #rows = new RowColumns();
  readonly #histograms = new HistogramList();
  readonly #isRaw: boolean;
  readonly #tag = new Uint32Array(2);
  #at = 0;

  constructor(options: BlockCursorOptions) {
    this.#options = options;
    const { file, index, tools, onDamage, signal } = options;
    const pages = index.pages[COLUMN_SAMPLES]!;
    const { histogramPages, clocks } = index;
    this.#reader = new PageColumnReader(file, pages, tools, onDamage, signal, clocks);
    this.#isRaw = file.meta.tier === TIER_RAW;
    this.#histogramReader =
      histogramPages && new PageColumnReader(file, histogramPages, tools, onDamage, signal);
  }

  /** Series without a sample in range are left out. */
  async next(): Promise<BlockSeries | null> {
    const { series, index, range } = this.#options;
    while (this.#at < series.length) {
      const number = series[this.#at++]!;
      this.#rows.clear();
      await this.#reader.read(number, range.minMs, range.maxMs, this.#rows);
      const reader = this.#histogramReader;
      // Most blocks and most series have none: for these nothing waits.
      const mayHave = reader !== null && (!this.#isRaw || this.#rows.some(hasHistogramTagAt));
      const histograms = mayHave ? await this.#readHistograms(reader, number) : null;
      if (this.#rows.length > 0) {
        return this.#rows.seriesOf(index.series.identity(number), histograms);
      }
    }
    this.close();
    return null;
  }

  close(): void {
    this.#reader.close();
    this.#histogramReader?.close();
  }

  /** Those of the rows at hand. */
  async #readHistograms(reader: PageColumnReader, number: number): Promise<HistogramRows | null> {
    const { minMs, maxMs } = this.#options.range;
    const list = this.#histograms;
    list.clear();
    const isWhole = await reader.read(number, minMs, maxMs, list);
    if (!this.#isRaw) this.#putTags();
    else if (!isWhole) this.#dropLost();
    return list.length === 0 ? null : list;
  }

  /** Histograms of a tier have no rows of their own. */
  #putTags(): void {
    const { length, timestamps, bytes, start } = this.#histograms;
    for (let at = 0; at < length; at++) {
      writeHistogramTagAt(this.#tag, 0, bytes, start[at], start[at + 1]);
      this.#rows.insertWords(timestamps[at]!, this.#tag, 0);
    }
  }

  /** A sample whose bytes were on a damaged page is lost: it must not come back as a float. */
  #dropLost(): void {
    const found = new Set<number>();
    const { timestamps, values, length } = this.#rows;
    const histograms = this.#histograms;
    eachHistogram({ timestamps, values, start: 0, end: length, histograms }, (row) => {
      found.add(row);
    });
    this.#rows.retain((words, row) => !hasHistogramTagAt(words, row) || found.has(row));
  }
}
