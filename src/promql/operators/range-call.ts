/**
 * Functions of range vectors: one output row per input series, one cell per step. The window slides
 * over the columns of a series, so every sample is looked at once to enter and once to leave.
 */
import { EMPTY_LABELS, type Labels, labelValue, METRIC_NAME } from "#model/labels.ts";
import { HISTOGRAM_UNITS } from "../columns/cell-units.ts";
import { CHUNK_CELLS } from "../columns/collect-rows.ts";
import { dropMetricLabels } from "../columns/label-edit.ts";
import { DistinctRows } from "../columns/distinct-rows.ts";
import type { RangeSeries } from "../columns/range-series.ts";
import { RowList } from "../columns/row-list.ts";
import { ABSENT, FLOAT, type SeriesMatrix } from "../columns/series-matrix.ts";
import { type StepGrid, timeAt } from "../columns/step-grid.ts";
import { RANGE_FUNCTIONS } from "../functions/range-functions.ts";
import { type RangeFunction, RangeWindow } from "../functions/range-window.ts";
import { FloatRates } from "../functions/range/float-rates.ts";
import { RATE_KINDS } from "../functions/range/rate-kind.ts";
import type { RangeCallPlan } from "../plan/plan-node.ts";
import * as findings from "../findings.ts";
import { executionError } from "../query-errors.ts";
import type { RowContext } from "./eval-context.ts";
import { windowEnd, windowGrid, windowMargins } from "./range-source.ts";

/** Functions that may look at samples outside the window, by edge modifier. */
const ANCHORED_FUNCTIONS = ["changes", "delta", "increase", "rate", "resets"];
const SMOOTHED_FUNCTIONS = ["delta", "increase", "rate"];
const START_TIMESTAMP_FUNCTIONS = ["increase", "irate", "rate", "resets"];
const NAME_KEEPING_FUNCTIONS = ["first_over_time", "last_over_time"];

const SORTING_FUNCTIONS = ["mad_over_time", "quantile_over_time"];
/** Cost of sorting a sample in, in cells. */
const SORT_UNITS = 8;
/** Steps of a slice: some hundred microseconds of rates. */
const RATE_STEPS = 4096;

export class RangeCall {
  readonly #plan: RangeCallPlan;
  readonly #context: RowContext;
  readonly #grid: StepGrid;
  readonly #scalars: readonly Float64Array[];
  readonly #window: RangeWindow;
  readonly #function: RangeFunction;
  #rows: RowList;
  /** Null when names go later, or no two rows can become the same. */
  readonly #distinct: DistinctRows | null;
  readonly #useStarts: boolean;
  /** Null when the function is none of these, or the edges of its windows are looked beyond. */
  readonly #rates: FloatRates | null;
  readonly #marginBeforeMs: number;
  readonly #marginAfterMs: number;
  /** The labels that lost their name last, and what was left of them. */
  #named: Labels = EMPTY_LABELS;
  #unnamed: Labels = EMPTY_LABELS;
  /** Those whose name was looked at last. */
  #noted: Labels | null = null;
  /** Of the series that is open. */
  #samples = 0;
  #anyFloat = false;

  constructor(
    plan: RangeCallPlan,
    context: RowContext,
    grid: StepGrid,
    scalars: readonly Float64Array[],
    areDistinct: boolean = false,
  ) {
    const { source, name } = plan;
    const edges = source.kind === "subquery" ? "plain" : source.edges;
    if (edges === "anchored") assertEdges("anchored", ANCHORED_FUNCTIONS, name);
    if (edges === "smoothed") assertEdges("smoothed", SMOOTHED_FUNCTIONS, name);
    this.#plan = plan;
    this.#context = context;
    this.#grid = grid;
    this.#scalars = scalars;
    this.#function = RANGE_FUNCTIONS.get(name)!;
    this.#rows = new RowList(grid, 0, context.budget);
    const mayMeet = !areDistinct && !context.features.delayedNameRemoval;
    this.#distinct = mayMeet ? new DistinctRows() : null;
    this.#useStarts = context.features.startTimestamps && START_TIMESTAMP_FUNCTIONS.includes(name);
    const kind = RATE_KINDS.get(name);
    this.#rates =
      kind === undefined || edges !== "plain"
        ? null
        : new FloatRates(kind, windowGrid(source, grid));
    this.#window = new RangeWindow({
      rangeMs: source.rangeMs,
      edges,
      annotations: context.annotations,
      argRanges: plan.argRanges,
      useStarts: this.#useStarts,
    });
    const { beforeMs, afterMs } = windowMargins(source, context.lookbackMs);
    this.#marginBeforeMs = beforeMs;
    this.#marginAfterMs = afterMs;
  }

  async add(series: RangeSeries): Promise<void> {
    const { pace } = this.#context;
    const first = this.#open(series);
    const rates = this.#ratesOf(series);
    let step = 0;
    while (step < this.#grid.count) {
      step = rates === null ? this.#evaluateFrom(step, first) : this.#ratesFrom(rates, step, first);
      if (step < this.#grid.count && pace.isDue()) await pace.pause();
    }
    this.#close(series);
    if (pace.spend(series.floats.length + series.histograms.length)) await pace.pause();
  }

  get rowCount(): number {
    return this.#rows.rowCount;
  }

  /** So many rows have come together that they are to be taken. */
  get isFull(): boolean {
    return this.#rows.rowCount * this.#grid.count >= CHUNK_CELLS;
  }

  /** The rows since the last time. */
  async take(): Promise<SeriesMatrix> {
    const { pace, budget } = this.#context;
    const matrix = this.#rows.finish();
    this.#rows = new RowList(this.#grid, matrix.labels.length, budget);
    await this.#distinct?.add(matrix.labels, pace);
    return matrix;
  }

  /** The same for whoever is done with them before it adds another series. */
  async lend(use: (rows: SeriesMatrix) => Promise<void>): Promise<void> {
    const matrix = this.#rows.finish();
    await this.#distinct?.add(matrix.labels, this.#context.pace);
    await use(matrix);
    this.#rows.clear();
  }

  /** Begins the row of a series and returns its first cell. */
  #open(series: RangeSeries): number {
    const { name } = this.#plan;
    const dropName = series.dropName || dropsName(name);
    const { delayedNameRemoval } = this.#context.features;
    const dropNow = dropName && !delayedNameRemoval;
    const labels = dropNow ? this.#nameless(series.labels) : series.labels;
    this.#window.openSeries(series);
    this.#samples = 0;
    this.#anyFloat = false;
    return this.#rows.addRow(labels, dropName);
  }

  /** Series of a leaf share the little that is told of their labels. */
  #nameless(labels: Labels): Labels {
    if (labels !== this.#named) {
      this.#named = labels;
      this.#unnamed = dropMetricLabels(labels);
    }
    return this.#unnamed;
  }

  /** Set when the row can be worked off as a whole: the usual rates of floats. */
  #ratesOf({ floatTimes, floats, floatStarts, histogramTimes }: RangeSeries): FloatRates | null {
    if (histogramTimes.length > 0 || (this.#useStarts && floatStarts !== null)) return null;
    this.#rates?.open(floatTimes, floats);
    return this.#rates;
  }

  /** As `evaluateFrom`, for a slice of the row. */
  #ratesFrom(rates: FloatRates, from: number, first: number): number {
    const to = Math.min(this.#grid.count, from + RATE_STEPS);
    const found = rates.run(from, to, this.#rows, first);
    this.#samples += found;
    this.#anyFloat ||= found > 0;
    this.#context.pace.spend(to - from);
    return to;
  }

  /** Goes on at `from` until the row is full or it is time to pause; returns the next step. */
  #evaluateFrom(from: number, first: number): number {
    const { source } = this.#plan;
    const { pace } = this.#context;
    const window = this.#window;
    const rows = this.#rows;
    const sampleUnits = SORTING_FUNCTIONS.includes(this.#plan.name) ? SORT_UNITS : 1;
    for (let step = from; step < this.#grid.count; step++) {
      const endMs = windowEnd(source, this.#grid, step);
      const startMs = endMs - source.rangeMs;
      window.stepMs = timeAt(this.#grid, step);
      window.endMs = endMs;
      window.move(startMs - this.#marginBeforeMs, endMs + this.#marginAfterMs);
      if (window.isEmpty) continue;
      for (let i = 0; i < this.#scalars.length; i++) window.scalars[i] = this.#scalars[i]![step]!;
      const kind = this.#function(window);
      if (kind === FLOAT) {
        rows.setFloat(first + step, window.value);
        this.#anyFloat = true;
        this.#samples++;
      } else if (kind !== ABSENT) {
        rows.setHistogram(first + step, window.histogram!);
        this.#samples++;
      }
      const units = window.floatCount * sampleUnits + window.histogramCount * HISTOGRAM_UNITS;
      if (pace.spend(units + 1)) return step + 1;
    }
    return this.#grid.count;
  }

  #close(series: RangeSeries): void {
    const { name } = this.#plan;
    if (this.#samples === 0) this.#rows.removeEmptyRow();
    else this.#context.budget.hold(this.#samples);
    if (this.#anyFloat && (name === "rate" || name === "increase")) this.#noteNonCounter(series);
  }

  /** Rates of things that are no counters by their name are most likely a mistake. */
  #noteNonCounter(series: RangeSeries): void {
    // Those of a leaf have the labels of the one before when they have its name.
    if (series.labels === this.#noted) return;
    this.#noted = series.labels;
    const name = labelValue(series.labels, METRIC_NAME);
    const { annotations, features } = this.#context;
    const place = this.#plan.argRanges[0]!;
    if (name === "") return;
    if (features.typeAndUnitLabels) {
      const type = labelValue(series.labels, "__type__");
      if (type === "counter" || type === "histogram") return;
      annotations.info(findings.possibleNonCounterType(name, type), place);
    } else if (!/_(?:total|sum|count|bucket)$/.test(name)) {
      annotations.info(findings.possibleNonCounter(name), place);
    }
  }
}

/** Whether what a function of windows gives is another metric than its argument. */
export function dropsName(name: string): boolean {
  return !NAME_KEEPING_FUNCTIONS.includes(name);
}

function assertEdges(edges: string, allowed: readonly string[], name: string): void {
  if (allowed.includes(name)) return;
  throw executionError(
    `${edges} modifier can only be used with: ${allowed.join(", ")} - not with ${name}`,
  );
}
