/**
 * The samples of one series as range functions see them: floats and histograms apart, stale markers
 * gone, each kind ascending in time. Views of storage columns where nothing had to be left out.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import type { Labels } from "#model/labels.ts";
import { isStaleAt } from "#model/staleness.ts";

export interface RangeSeries {
  readonly labels: Labels;
  readonly dropName: boolean;
  readonly floatTimes: Float64Array;
  readonly floats: Float64Array;
  /** Start timestamps; null when the series has none. */
  readonly floatStarts: Float64Array | null;
  readonly histogramTimes: Float64Array;
  readonly histograms: readonly FloatHistogram[];
  readonly histogramStarts: Float64Array | null;
}

export interface SampleColumns {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly words: Uint32Array;
  readonly histograms: readonly (FloatHistogram | null)[] | null;
  readonly starts: Float64Array | null;
}

const NONE = new Float64Array(0);

export function rangeSeriesOf(columns: SampleColumns): RangeSeries {
  const { labels, times, values, histograms, starts } = columns;
  const plain = histograms === null && !anyStale(columns);
  if (plain) {
    return {
      labels,
      dropName: false,
      floatTimes: times,
      floats: values,
      floatStarts: starts,
      histogramTimes: NONE,
      histograms: [],
      histogramStarts: null,
    };
  }
  const { words } = columns;
  const floatAt: number[] = [];
  const histogramAt: number[] = [];
  for (let i = 0; i < times.length; i++) {
    const histogram = histograms?.[i] ?? null;
    if (histogram !== null) {
      if (!histogram.stale) histogramAt.push(i);
    } else if (!isStaleAt(words, i)) {
      floatAt.push(i);
    }
  }
  return {
    labels,
    dropName: false,
    floatTimes: pick(times, floatAt),
    floats: pick(values, floatAt),
    floatStarts: starts === null ? null : pick(starts, floatAt),
    histogramTimes: pick(times, histogramAt),
    histograms: histogramAt.map((at) => histograms![at]!),
    histogramStarts: starts === null ? null : pick(starts, histogramAt),
  };
}

function anyStale(columns: SampleColumns): boolean {
  const { values } = columns;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]) && isStaleAt(columns.words, i)) return true;
  }
  return false;
}

function pick(column: Float64Array, rows: readonly number[]): Float64Array {
  const picked = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) picked[i] = column[rows[i]!]!;
  return picked;
}
