/**
 * Instant selectors over steps: the newest sample in (time - lookback, time] of each series, unless
 * it is a stale marker. `SampleTimes` does the same for `timestamp`, which wants to know when the
 * sample was taken, and for info metrics.
 */
import { histogramSize } from "#model/histogram/histogram-size.ts";
import type { TimeRange } from "#storage/queryable.ts";
import { USE_BY_ITSELF, type SampleUse } from "#storage/sample-use.ts";
import { isStaleAt } from "#model/staleness.ts";
import { CHUNK_CELLS, collectRows } from "../columns/collect-rows.ts";
import { formatLabels } from "../columns/format-labels.ts";
import { RowList } from "../columns/row-list.ts";
import type { SeriesMatrix } from "../columns/series-matrix.ts";
import { lastTime, type StepGrid, timeAt } from "../columns/step-grid.ts";
import type { SelectorPlan } from "../plan/plan-node.ts";
import { executionError } from "../query-errors.ts";
import type { EvalContext, RowContext } from "./eval-context.ts";
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
  const { lookbackMs } = context;
  const { minMs, maxMs } = selectedTimes(selector, grid, lookbackMs);
  const rows = new SelectRows(selector, shown, context, grid);
  const use: SampleUse = { ...USE_BY_ITSELF, holdMs: lookbackMs };
  for await (const views of readSeries(context, selector, minMs, maxMs, use)) {
    for (const view of views) {
      await rows.add(view);
      if (rows.isFull) yield await rows.take();
    }
  }
  const last = await rows.take();
  if (last.labels.length > 0) yield last;
}

/** Where the samples lie that steps may show. */
export function selectedTimes(
  { atMs, offsetMs }: SelectorPlan,
  grid: StepGrid,
  lookbackMs: number,
): TimeRange {
  const minMs = (atMs ?? grid.startMs) - offsetMs - lookbackMs + 1;
  return { minMs, maxMs: (atMs ?? lastTime(grid)) - offsetMs };
}

/** Rows in the making, a series after the other. */
export class SelectRows {
  readonly #selector: SelectorPlan;
  readonly #shown: Shown;
  readonly #context: RowContext;
  #rows: RowList;

  constructor(selector: SelectorPlan, shown: Shown, context: RowContext, grid: StepGrid) {
    this.#selector = selector;
    this.#shown = shown;
    this.#context = context;
    this.#rows = new RowList(grid, 0, context.budget);
  }

  async add(view: SeriesView): Promise<void> {
    const { budget, lookbackMs, pace } = this.#context;
    const shown = this.#shown;
    const first = this.#rows.addRow(view.labels, shown !== "value" && shown !== "time-ms");
    const found = fillRow(this.#rows, first, view, this.#selector, shown, lookbackMs);
    if (found === 0) this.#rows.removeEmptyRow();
    else budget.hold(found);
    if (pace.spend(this.#rows.grid.count + view.times.length)) await pace.pause();
  }

  get rowCount(): number {
    return this.#rows.rowCount;
  }

  /** So many rows have come together that they are to be taken. */
  get isFull(): boolean {
    return this.#rows.rowCount * this.#rows.grid.count >= CHUNK_CELLS;
  }

  /** The rows since the last time. */
  take(): Promise<SeriesMatrix> {
    const matrix = this.#rows.finish();
    this.#rows = new RowList(matrix.grid, matrix.labels.length, this.#context.budget);
    return Promise.resolve(matrix);
  }

  /** The same for whoever is done with them before it adds another series. */
  async lend(use: (rows: SeriesMatrix) => Promise<void>): Promise<void> {
    await use(this.#rows.finish());
    this.#rows.clear();
  }
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
  const { times, values, histograms, starts } = view;
  const { grid } = rows;
  let next = 0;
  let found = 0;
  for (let step = 0; step < grid.count; step++) {
    const time = (atMs ?? timeAt(grid, step)) - offsetMs;
    while (next < times.length && times[next]! <= time) next++;
    const at = next - 1;
    if (at < 0 || times[at]! <= time - lookbackMs) continue;
    const histogram = histograms === null ? null : histograms[at]!;
    if (histogram === null) {
      if (Number.isNaN(values[at]) && isStaleAt(view.words, at)) continue;
    } else if (histogram.stale) continue;
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
