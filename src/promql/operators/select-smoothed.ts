/**
 * `smoothed` instant selectors: the value at the time itself, interpolated between the samples
 * around it, which may be a lookback away. After the last sample its value goes on.
 */
import { usesCustomBuckets } from "#model/histogram/bucket-bounds.ts";
import { labelValue, METRIC_NAME } from "#model/labels.ts";
import { HISTOGRAM_UNITS } from "../columns/cell-units.ts";
import { type RangeSeries, rangeSeriesOf } from "../columns/range-series.ts";
import { RowList } from "../columns/row-list.ts";
import type { SeriesMatrix } from "../columns/series-matrix.ts";
import { lastTime, type StepGrid, timeAt } from "../columns/step-grid.ts";
import * as findings from "../findings.ts";
import { interpolate } from "../functions/range/extended-rate.ts";
import { interpolateHistograms } from "../functions/range/interpolate-histograms.ts";
import { USE_BY_ITSELF } from "#storage/sample-use.ts";
import type { SelectPlan } from "../plan/plan-node.ts";
import type { EvalContext } from "./eval-context.ts";
import { readSeries } from "./series-reader.ts";

export async function selectSmoothed(
  plan: SelectPlan,
  context: EvalContext,
  grid: StepGrid,
): Promise<SeriesMatrix> {
  const { lookbackMs, budget, pace } = context;
  const { atMs, offsetMs } = plan.selector;
  const minMs = (atMs ?? grid.startMs) - offsetMs - lookbackMs + 1;
  const maxMs = (atMs ?? lastTime(grid)) - offsetMs + lookbackMs;
  const rows = new RowList(grid, 0, budget);
  for await (const views of readSeries(context, plan.selector, minMs, maxMs, USE_BY_ITSELF)) {
    for (const view of views) {
      const series = rangeSeriesOf(view);
      const first = rows.addRow(series.labels, false);
      for (let step = 0; step < grid.count; step++) {
        const timeMs = (atMs ?? timeAt(grid, step)) - offsetMs;
        fillCell(rows, first + step, series, timeMs, plan, context);
        if (pace.spend(series.histograms.length > 0 ? HISTOGRAM_UNITS : 1)) await pace.pause();
      }
      if (rows.hasSamples(first)) budget.hold(grid.count);
      else rows.removeEmptyRow();
      if (pace.spend(grid.count * 8 + view.times.length)) await pace.pause();
    }
  }
  return rows.finish();
}

function fillCell(
  rows: RowList,
  cell: number,
  series: RangeSeries,
  timeMs: number,
  plan: SelectPlan,
  context: EvalContext,
): void {
  const { lookbackMs, annotations } = context;
  const { floatTimes, floats, histogramTimes, histograms } = series;
  const float = around(floatTimes, timeMs, lookbackMs);
  const histogram = around(histogramTimes, timeMs, lookbackMs);
  if (float.from < float.to && histogram.from < histogram.to) {
    const name = labelValue(series.labels, METRIC_NAME);
    annotations.warn(findings.mixedFloatsHistograms(name), plan.range);
    return;
  }
  if (float.from < float.to) {
    const { at, from, to } = float;
    if (at < to && floatTimes[at] === timeMs) rows.setFloat(cell, floats[at]!);
    else if (at > from && at < to) {
      rows.setFloat(cell, interpolate(floats, floatTimes, at - 1, timeMs, false));
    } else if (at > from) rows.setFloat(cell, floats[at - 1]!);
    return;
  }
  const { at, from, to } = histogram;
  if (at < to && histogramTimes[at] === timeMs) rows.setHistogram(cell, histograms[at]!);
  else if (at > from && at < to) setBetween(rows, cell, series, at, timeMs, plan, context);
  else if (at > from) {
    // The hint speaks of neighbouring samples; this value is none.
    rows.setHistogram(cell, { ...histograms[at - 1]!, counterResetHint: "unknown" });
  }
}

function setBetween(
  rows: RowList,
  cell: number,
  { labels, histogramTimes, histograms }: RangeSeries,
  at: number,
  timeMs: number,
  plan: SelectPlan,
  { annotations }: EvalContext,
): void {
  const before = { timeMs: histogramTimes[at - 1]!, histogram: histograms[at - 1]! };
  const after = { timeMs: histogramTimes[at]!, histogram: histograms[at]! };
  const isCounter =
    before.histogram.counterResetHint !== "gauge" || after.histogram.counterResetHint !== "gauge";
  const mixed = usesCustomBuckets(before.histogram) !== usesCustomBuckets(after.histogram);
  const between = mixed
    ? null
    : interpolateHistograms(before, after, timeMs, isCounter, annotations, plan.range);
  if (between !== null) rows.setHistogram(cell, between);
  else {
    const name = labelValue(labels, METRIC_NAME);
    annotations.warn(findings.mixedExponentialCustom(name), plan.range);
  }
}

interface Around {
  /** Samples in (time - lookback, time + lookback]. */
  readonly from: number;
  readonly to: number;
  /** First of them at or after the time. */
  readonly at: number;
}

function around(times: Float64Array, timeMs: number, lookbackMs: number): Around {
  const from = firstAfter(times, timeMs - lookbackMs);
  const to = firstAfter(times, timeMs + lookbackMs);
  let at = firstAfter(times, timeMs);
  if (at > from && times[at - 1] === timeMs) at--;
  return { from, to, at };
}

/** Index of the first time later than `timeMs`. */
function firstAfter(times: Float64Array, timeMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
