/**
 * The answer of an instant query whose root is a range vector: the samples themselves, with their
 * own times. Anchored and smoothed windows get a sample at each edge.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import type { Labels } from "#model/labels.ts";
import { cellUnits } from "../columns/cell-units.ts";
import type { RangeSeries } from "../columns/range-series.ts";
import type { StepGrid } from "../columns/step-grid.ts";
import { edgeSamples } from "../functions/range/edge-samples.ts";
import { interpolate } from "../functions/range/extended-rate.ts";
import { USE_BY_ITSELF } from "#storage/sample-use.ts";
import type { RangePlan } from "../plan/plan-node.ts";
import { executionError } from "../query-errors.ts";
import { evaluateVector } from "./evaluate.ts";
import type { EvalContext } from "./eval-context.ts";
import { openSelectorRange, subqueryGrid, subquerySeries, windowEnd } from "./range-source.ts";

export interface RangeRow {
  readonly labels: Labels;
  readonly dropName: boolean;
  /** Ascending. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly histograms: readonly (FloatHistogram | null)[] | null;
}

export async function evaluateRange(
  plan: RangePlan,
  context: EvalContext,
  grid: StepGrid,
): Promise<RangeRow[]> {
  const rows: RangeRow[] = [];
  if (plan.kind === "subquery") {
    const matrix = await evaluateVector(plan.expr, context, subqueryGrid(plan, grid));
    for (let row = 0; row < matrix.labels.length; row++) {
      rows.push(mergedRow(subquerySeries(matrix, row, "keep-hints")));
      if (context.pace.spend(matrix.grid.count * cellUnits(matrix))) await context.pace.pause();
    }
    return rows.filter((row) => row.times.length > 0);
  }
  const endMs = windowEnd(plan, grid, 0);
  const startMs = endMs - plan.rangeMs;
  for await (const batch of openSelectorRange(plan, context, grid, USE_BY_ITSELF)) {
    for (const series of batch) {
      const row = plan.edges === "plain" ? mergedRow(series) : extendedRow(plan, series, startMs);
      if (row === null) continue;
      context.budget.hold(row.times.length);
      rows.push(row);
    }
  }
  return rows.filter((row) => row.times.length > 0);
}

/** Floats and histograms of a series in order of time. */
function mergedRow(series: RangeSeries): RangeRow {
  const { labels, dropName, floatTimes, floats, histogramTimes } = series;
  if (histogramTimes.length === 0) {
    return { labels, dropName, times: floatTimes, values: floats, histograms: null };
  }
  const length = floatTimes.length + histogramTimes.length;
  const times = new Float64Array(length);
  const values = new Float64Array(length);
  const histograms: (FloatHistogram | null)[] = [];
  for (let at = 0, float = 0, histogram = 0; at < length; at++) {
    const isFloat =
      histogram === histogramTimes.length ||
      (float < floatTimes.length && floatTimes[float]! < histogramTimes[histogram]!);
    times[at] = isFloat ? floatTimes[float]! : histogramTimes[histogram]!;
    values[at] = isFloat ? floats[float]! : 0;
    histograms.push(isFloat ? null : series.histograms[histogram]!);
    if (isFloat) float++;
    else histogram++;
  }
  return { labels, dropName, times, values, histograms };
}

/** Floats of an anchored or smoothed window, with one sample at each edge. */
function extendedRow(plan: RangePlan, series: RangeSeries, startMs: number): RangeRow | null {
  const edges = plan.kind === "subquery" ? "plain" : plan.edges;
  if (series.histograms.length > 0) {
    throw executionError(`${edges} modifier is not supported with histograms`);
  }
  const { labels, dropName, floatTimes: times, floats } = series;
  const endMs = startMs + plan.rangeMs;
  const found = edgeSamples(times, 0, times.length, { startMs, endMs, edges });
  if (found === null) return null;
  let { first, last } = found;
  const smoothed = edges === "smoothed";
  const left =
    smoothed && times[first]! < startMs
      ? interpolate(floats, times, first, startMs, false)
      : floats[first]!;
  const right =
    smoothed && last > 0 && times[last]! > endMs
      ? interpolate(floats, times, last - 1, endMs, false)
      : floats[last]!;
  if (times[first]! <= startMs) first++;
  if (times[last]! >= endMs) last--;
  const inner = times.slice(first, Math.max(first, last + 1));
  return {
    labels,
    dropName,
    times: Float64Array.of(startMs, ...inner, endMs),
    values: Float64Array.of(left, ...floats.slice(first, Math.max(first, last + 1)), right),
    histograms: null,
  };
}
