/**
 * Instant selectors over steps: the newest sample in (time - lookback, time] of each series, unless
 * it is a stale marker. `SampleTimes` does the same for `timestamp`, which wants to know when the
 * sample was taken, and for info metrics.
 */
import { histogramSize } from "#model/histogram/histogram-size.ts";
import { USE_BY_ITSELF, type SampleUse } from "#storage/sample-use.ts";
import { isStaleAt } from "#model/staleness.ts";
import { CHUNK_CELLS, collectRows } from "../columns/collect-rows.ts";
import { formatLabels } from "../columns/format-labels.ts";
import { RowList } from "../columns/row-list.ts";
import type { SeriesMatrix } from "../columns/series-matrix.ts";
import { lastTime, type StepGrid, timeAt } from "../columns/step-grid.ts";
import type { SelectorPlan } from "../plan/plan-node.ts";
import { executionError } from "../query-errors.ts";
import type { EvalContext } from "./eval-context.ts";
import { readSeries, type SeriesView } from "./series-reader.ts";

/** What a cell shows of the sample found. */
export type Shown = "value" | "time-seconds" | "start-seconds" | "time-ms";

export function selectSeries(
  selector: SelectorPlan,
  shown: Shown,
  context: EvalContext,
  grid: StepGrid,
): Promise<SeriesMatrix> {
  const chunks = selectChunks(selector, shown, context, grid);
  return collectRows(chunks, grid, context.budget, context.pace);
}

/** The same in parts. */
export async function* selectChunks(
  selector: SelectorPlan,
  shown: Shown,
  context: EvalContext,
  grid: StepGrid,
): AsyncGenerator<SeriesMatrix> {
  const { lookbackMs, budget, pace } = context;
  const minMs = (selector.atMs ?? grid.startMs) - selector.offsetMs - lookbackMs + 1;
  const maxMs = (selector.atMs ?? lastTime(grid)) - selector.offsetMs;
  let rows = new RowList(grid, 0, budget);
  const use: SampleUse = { ...USE_BY_ITSELF, holdMs: lookbackMs };
  for await (const views of readSeries(context, selector, minMs, maxMs, use)) {
    for (const view of views) {
      const first = rows.addRow(view.labels, shown !== "value" && shown !== "time-ms");
      const found = fillRow(rows, first, view, selector, shown, lookbackMs);
      if (found === 0) rows.removeEmptyRow();
      else budget.hold(found);
      if (pace.spend(grid.count + view.times.length)) await pace.pause();
      if (rows.rowCount * grid.count < CHUNK_CELLS) continue;
      yield rows.finish();
      rows = new RowList(grid, rows.rowCount, budget);
    }
  }
  if (rows.rowCount > 0) yield rows.finish();
}

/** Returns how many samples it found, histograms counted by their size. */
function fillRow(
  rows: RowList,
  first: number,
  view: SeriesView,
  { atMs, offsetMs }: SelectorPlan,
  shown: Shown,
  lookbackMs: number,
): number {
  const { times, values, words, histograms, starts } = view;
  const { grid } = rows;
  let next = 0;
  let found = 0;
  for (let step = 0; step < grid.count; step++) {
    const time = (atMs ?? timeAt(grid, step)) - offsetMs;
    while (next < times.length && times[next]! <= time) next++;
    const at = next - 1;
    if (at < 0 || times[at]! <= time - lookbackMs) continue;
    const histogram = histograms === null ? null : histograms[at]!;
    if (histogram === null ? isStaleAt(words, at) : histogram.stale) continue;
    found += histogram === null || shown !== "value" ? 1 : histogramSize(histogram);
    if (shown === "time-ms" && histogram !== null) {
      throw executionError(
        `this should be an info metric, with float samples: ${formatLabels(view.labels)}`,
      );
    }
    if (shown === "time-seconds") rows.setFloat(first + step, times[at]! / 1000);
    else if (shown === "time-ms") rows.setFloat(first + step, times[at]!);
    else if (shown === "start-seconds") rows.setFloat(first + step, (starts?.[at] ?? 0) / 1000);
    else if (histogram === null) rows.setFloat(first + step, values[at]!);
    else rows.setHistogram(first + step, histogram);
  }
  return found;
}
