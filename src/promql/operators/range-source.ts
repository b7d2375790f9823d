/**
 * Opens the range argument of a call: series of a selector or of a subquery, and the window each
 * step of the outer grid sees of them.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import type { TimeRange } from "#storage/queryable.ts";
import type { SampleUse } from "#storage/sample-use.ts";
import { type RangeSeries, rangeSeriesOf } from "../columns/range-series.ts";
import { ABSENT, HISTOGRAM, type SeriesMatrix } from "../columns/series-matrix.ts";
import { gridOf, lastTime, type StepGrid, timeAt } from "../columns/step-grid.ts";
import type { WindowGrid } from "../functions/range/float-rates.ts";
import type { RangePlan, RangeSelectPlan, SubqueryPlan } from "../plan/plan-node.ts";
import type { EvalContext } from "./eval-context.ts";
import { readSeries } from "./series-reader.ts";

/** Time the window of `step` ends at. */
export function windowEnd(plan: RangePlan, grid: StepGrid, step: number): number {
  const shift = plan.kind === "subquery" ? plan : plan.selector;
  return (shift.atMs ?? timeAt(grid, step)) - shift.offsetMs;
}

/** The windows of a whole grid. */
export function windowGrid(plan: RangePlan, grid: StepGrid): WindowGrid {
  const { atMs } = plan.kind === "subquery" ? plan : plan.selector;
  return {
    firstEndMs: windowEnd(plan, grid, 0),
    stepMs: atMs === null ? grid.stepMs : 0,
    rangeMs: plan.rangeMs,
  };
}

/** How far samples outside the window matter: before its start and after its end. */
export function windowMargins(
  plan: RangePlan,
  lookbackMs: number,
): { readonly beforeMs: number; readonly afterMs: number } {
  const edges = plan.kind === "subquery" ? "plain" : plan.edges;
  return {
    beforeMs: edges === "plain" ? 0 : lookbackMs,
    afterMs: edges === "smoothed" ? lookbackMs : 0,
  };
}

/** Where the samples lie that windows may show. */
export function windowTimes(plan: RangeSelectPlan, grid: StepGrid, lookbackMs: number): TimeRange {
  const { beforeMs, afterMs } = windowMargins(plan, lookbackMs);
  // Windows are open on the left.
  const minMs = windowEnd(plan, grid, 0) - plan.rangeMs - beforeMs + 1;
  return { minMs, maxMs: windowEnd(plan, grid, grid.count - 1) + afterMs };
}

export async function* openSelectorRange(
  plan: RangeSelectPlan,
  context: EvalContext,
  grid: StepGrid,
  use: SampleUse,
): AsyncGenerator<readonly RangeSeries[]> {
  const { minMs, maxMs } = windowTimes(plan, grid, context.lookbackMs);
  for await (const views of readSeries(context, plan.selector, minMs, maxMs, use)) {
    yield views.map(rangeSeriesOf);
  }
}

/** The steps of a subquery: multiples of its step inside the windows of the outer grid. */
export function subqueryGrid(plan: SubqueryPlan, grid: StepGrid): StepGrid {
  const first = (plan.atMs ?? grid.startMs) - plan.offsetMs - plan.rangeMs;
  const end = (plan.atMs ?? lastTime(grid)) - plan.offsetMs;
  return gridOf((Math.floor(first / plan.stepMs) + 1) * plan.stepMs, end, plan.stepMs);
}

/**
 * A row of a subquery's result as a series. Reset hints say something about neighbouring samples,
 * which a subquery may skip or repeat, so functions must not see them.
 */
export function subquerySeries(
  matrix: SeriesMatrix,
  row: number,
  hints: "clear-hints" | "keep-hints" = "clear-hints",
): RangeSeries {
  const { grid, labels, dropName } = matrix;
  const columns = rowColumns(matrix, row, grid, hints === "keep-hints");
  return { labels: labels[row]!, dropName: dropName[row] === 1, ...columns };
}

function rowColumns(
  matrix: SeriesMatrix,
  row: number,
  grid: StepGrid,
  keepsHints: boolean,
): Omit<RangeSeries, "labels" | "dropName"> {
  const floatTimes: number[] = [];
  const floats: number[] = [];
  const histogramTimes: number[] = [];
  const histograms: FloatHistogram[] = [];
  for (let step = 0; step < grid.count; step++) {
    const cell = row * grid.count + step;
    const kind = matrix.kinds[cell];
    if (kind === ABSENT) continue;
    if (kind === HISTOGRAM) {
      histogramTimes.push(timeAt(grid, step));
      const histogram = matrix.histograms![cell]!;
      histograms.push(keepsHints ? histogram : withoutResetHint(histogram));
    } else {
      floatTimes.push(timeAt(grid, step));
      floats.push(matrix.values[cell]!);
    }
  }
  return {
    floatTimes: Float64Array.from(floatTimes),
    floats: Float64Array.from(floats),
    floatStarts: null,
    histogramTimes: Float64Array.from(histogramTimes),
    histograms,
    histogramStarts: null,
  };
}

function withoutResetHint(histogram: FloatHistogram): FloatHistogram {
  return histogram.counterResetHint === "gauge" || histogram.counterResetHint === "unknown"
    ? histogram
    : { ...histogram, counterResetHint: "unknown" };
}
