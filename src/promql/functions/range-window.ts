/**
 * What a range function sees of one series at one step, and where it leaves its answer. One object
 * serves a whole call: the evaluator moves the window, the function reads half-open index ranges of
 * the columns and sets `value` or `histogram`. Nothing is allocated per step.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { labelValue, METRIC_NAME } from "#model/labels.ts";
import type { Annotations, TextRange } from "../annotations.ts";
import type { RangeSeries } from "../columns/range-series.ts";
import type { ABSENT, FLOAT, HISTOGRAM } from "../columns/series-matrix.ts";
import type { RangeEdges } from "../parse/ast.ts";

export type CellKind = typeof ABSENT | typeof FLOAT | typeof HISTOGRAM;

/** Says what it put into the window: nothing, `value` or `histogram`. */
export type RangeFunction = (window: RangeWindow) => CellKind;

export interface WindowExtent {
  firstMs: number;
  lastMs: number;
  /** Distances between neighbouring samples. */
  intervals: number;
  /** When the counter was zero, if that lies in the window; NaN when not known. */
  zeroMs: number;
  /** First value / change: how many sampled intervals before the first sample it was zero; or NaN. */
  share: number;
}

export interface RangeCallFacts {
  readonly rangeMs: number;
  readonly edges: RangeEdges;
  readonly annotations: Annotations;
  readonly argRanges: readonly TextRange[];
  /** Start timestamps may be used. */
  readonly useStarts: boolean;
}

export class RangeWindow {
  readonly rangeMs: number;
  readonly edges: RangeEdges;
  readonly annotations: Annotations;
  readonly argRanges: readonly TextRange[];
  readonly #useStarts: boolean;

  series!: RangeSeries;
  floatTimes!: Float64Array;
  floats!: Float64Array;
  floatStarts: Float64Array | null = null;
  histogramTimes!: Float64Array;
  histograms!: readonly FloatHistogram[];
  histogramStarts: Float64Array | null = null;
  /** Samples of the window: `floatFrom .. floatTo - 1`, `histogramFrom .. histogramTo - 1`. */
  floatFrom = 0;
  floatTo = 0;
  histogramFrom = 0;
  histogramTo = 0;
  /** Time of the step; the window is (endMs - rangeMs, endMs]. */
  stepMs = 0;
  endMs = 0;
  /** Scalar arguments at this step. */
  readonly scalars: number[] = [];

  value = 0;
  histogram: FloatHistogram | null = null;
  /** What `rate` and its like extrapolate from; here, so that no step allocates. */
  readonly extent: WindowExtent = {
    firstMs: 0,
    lastMs: 0,
    intervals: 0,
    zeroMs: Number.NaN,
    share: Number.NaN,
  };

  constructor(facts: RangeCallFacts) {
    this.rangeMs = facts.rangeMs;
    this.edges = facts.edges;
    this.annotations = facts.annotations;
    this.argRanges = facts.argRanges;
    this.#useStarts = facts.useStarts;
  }

  get floatCount(): number {
    return this.floatTo - this.floatFrom;
  }

  get histogramCount(): number {
    return this.histogramTo - this.histogramFrom;
  }

  get startMs(): number {
    return this.endMs - this.rangeMs;
  }

  get metricName(): string {
    return labelValue(this.series.labels, METRIC_NAME);
  }

  /** Place of the range argument (or of whatever comes first) in the text. */
  get place(): TextRange {
    return this.argRanges[0]!;
  }

  openSeries(series: RangeSeries): void {
    this.series = series;
    this.floatTimes = series.floatTimes;
    this.floats = series.floats;
    this.floatStarts = this.#useStarts ? series.floatStarts : null;
    this.histogramTimes = series.histogramTimes;
    this.histograms = series.histograms;
    this.histogramStarts = this.#useStarts ? series.histogramStarts : null;
    this.floatFrom = this.floatTo = this.histogramFrom = this.histogramTo = 0;
  }

  /** Moves to samples in (fromMs, toMs]; both bounds only ever grow within one series. */
  move(fromMs: number, toMs: number): void {
    const { floatTimes, histogramTimes } = this;
    this.floatTo = advance(floatTimes, this.floatTo, toMs);
    this.floatFrom = Math.min(advance(floatTimes, this.floatFrom, fromMs), this.floatTo);
    if (histogramTimes.length === 0) return;
    this.histogramTo = advance(histogramTimes, this.histogramTo, toMs);
    this.histogramFrom = Math.min(
      advance(histogramTimes, this.histogramFrom, fromMs),
      this.histogramTo,
    );
  }

  get isEmpty(): boolean {
    return this.floatFrom === this.floatTo && this.histogramFrom === this.histogramTo;
  }
}

/** First index from `at` on whose time is later than `timeMs`. */
function advance(times: Float64Array, at: number, timeMs: number): number {
  let next = at;
  while (next < times.length && times[next]! <= timeMs) next++;
  return next;
}
