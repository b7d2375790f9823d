/** The floats and the histograms of a series apart: tiers keep other things of each. */
import { wordsOf } from "#model/staleness.ts";
import type { BlockSeries } from "./block-series.ts";
import { eachHistogram } from "./each-histogram.ts";
import type { HistogramList } from "./histogram-list.ts";
import type { RowColumns } from "./row-columns.ts";

/**
 * Puts the histograms into `items`. Gives the floats: the series itself when all are, else a copy
 * in `floats`.
 */
export function splitHistograms(
  series: BlockSeries,
  floats: RowColumns,
  items: HistogramList,
): BlockSeries {
  items.clear();
  if (series.histograms === null) return series;
  floats.clear();
  const words = wordsOf(series.values);
  let from = series.start;
  const pushTo = (end: number): void => {
    for (; from < end; from++) floats.pushWords(series.timestamps[from]!, words, from);
  };
  eachHistogram(series, (row, rows, at) => {
    items.pushRow(rows, at);
    pushTo(row);
    from = row + 1;
  });
  pushTo(series.end);
  return floats.seriesOf(series, null);
}
