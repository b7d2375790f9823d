/** The rows of a series that are floats: tiers have aggregates of those only. */
import { wordsOf } from "#model/staleness.ts";
import type { BlockSeries } from "./block-series.ts";
import { eachHistogram } from "./each-histogram.ts";
import type { RowColumns } from "./row-columns.ts";

/** The series itself when none is a histogram, else a copy in `rows`. */
export function withoutHistograms(series: BlockSeries, rows: RowColumns): BlockSeries {
  if (series.histograms === null) return series;
  rows.clear();
  const words = wordsOf(series.values);
  let from = series.start;
  const pushTo = (end: number): void => {
    for (; from < end; from++) rows.pushWords(series.timestamps[from]!, words, from);
  };
  eachHistogram(series, (row) => {
    pushTo(row);
    from = row + 1;
  });
  pushTo(series.end);
  return rows.seriesOf(series, null);
}
