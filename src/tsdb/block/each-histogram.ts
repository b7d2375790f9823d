/**
 * Which samples of a series are histograms: those whose value is the tag of bytes that lie beside
 * them at their time. A sample may carry any NaN, so a value alone says nothing.
 */
import { hasHistogramTagAt, isHistogramTagOf } from "#chunk/histogram/histogram-tag.ts";
import { wordsOf } from "#model/staleness.ts";
import type { BlockSeries } from "./block-series.ts";
import type { HistogramRows } from "./histogram-rows.ts";

/** Calls `each` for the histograms among the rows, in their order; `at` is the item in `rows`. */
export function eachHistogram(
  series: Pick<BlockSeries, "timestamps" | "values" | "start" | "end" | "histograms">,
  each: (row: number, rows: HistogramRows, at: number) => void,
): void {
  const { histograms, timestamps, values, start, end } = series;
  if (histograms === null) return;
  const words = wordsOf(values);
  let at = 0;
  for (let row = start; row < end; row++) {
    if (!hasHistogramTagAt(words, row)) continue;
    const timestamp = timestamps[row]!;
    while (at < histograms.length && histograms.timestamps[at]! < timestamp) at++;
    for (let i = at; i < histograms.length && histograms.timestamps[i] === timestamp; i++) {
      const { bytes, start: starts } = histograms;
      if (!isHistogramTagOf(words, row, bytes, starts[i]!, starts[i + 1]!)) continue;
      each(row, histograms, i);
      break;
    }
  }
}
