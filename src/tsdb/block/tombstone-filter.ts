/**
 * A source without the samples that tombstones hide. Used by reads and by merges alike; `onHidden`
 * tells a merge what it left out.
 */
import { LabelsDecoder } from "#model/canonical-labels.ts";
import { wordsOf } from "#model/staleness.ts";
import type { TimeRange } from "#storage/queryable.ts";
import type { TombstoneTest } from "../tombstone/tombstone-test.ts";
import type { BlockSeries, BlockSeriesSource } from "./block-series.ts";
import { RowColumns } from "./row-columns.ts";

export class TombstoneFilter implements BlockSeriesSource {
  readonly #source: BlockSeriesSource;
  readonly #test: TombstoneTest;
  readonly #onHidden: ((hidden: BlockSeries) => void) | null;
  readonly #decoder = new LabelsDecoder();
  readonly #kept = new RowColumns();
  readonly #hidden = new RowColumns();

  constructor(
    source: BlockSeriesSource,
    test: TombstoneTest,
    onHidden: ((hidden: BlockSeries) => void) | null = null,
  ) {
    this.#source = source;
    this.#test = test;
    this.#onHidden = onHidden;
  }

  async next(): Promise<BlockSeries | null> {
    for (;;) {
      const series = await this.#source.next();
      if (series === null) return null;
      const { tenant, labels } = series;
      const decoded = this.#decoder.decode(labels, 0, labels.length);
      const ranges = this.#test.hiddenRanges(tenant, decoded);
      const left = ranges.length === 0 ? series : this.#without(series, ranges);
      if (left.start < left.end) return left;
    }
  }

  close(): void {
    this.#source.close();
  }

  #without(series: BlockSeries, ranges: readonly TimeRange[]): BlockSeries {
    const kept = this.#kept;
    const hidden = this.#hidden;
    kept.clear();
    hidden.clear();
    const { timestamps, start, end, histograms } = series;
    const words = wordsOf(series.values);
    for (let row = start; row < end; row++) {
      const timestamp = timestamps[row]!;
      const isHidden = ranges.some(({ minMs, maxMs }) => timestamp >= minMs && timestamp <= maxMs);
      (isHidden ? hidden : kept).pushWords(timestamp, words, row);
    }
    if (hidden.length > 0) this.#onHidden?.(hidden.seriesOf(series, histograms));
    return kept.seriesOf(series, histograms);
  }
}
