/**
 * Samples of one series to buckets of a tier. A bucket depends on the samples inside it only, so the
 * same samples give the same buckets whatever blocks they came in.
 */
import { CompensatedSum } from "#model/compensated-sum.ts";
import { isStaleAt, wordsOf } from "#model/staleness.ts";
import type { BlockSeries } from "./block-series.ts";
import { decimalSum } from "./decimal-units.ts";
import type { HistogramRows } from "./histogram-rows.ts";
import { NOT_STALE, type TierRows } from "./tier-rows.ts";
import { bucketMsOf, bucketStartMs, type Tier } from "./tier.ts";
import { copyWords } from "./value-words.ts";

/** A counter falls only when its process starts again; with more falls than this it is none. */
const COUNTER_FALLS_MAX = 0.25;

/** Replaces `rows` by the buckets of a series: of its floats and its histograms. */
export function aggregateSeries(
  floats: BlockSeries,
  histograms: HistogramRows,
  tier: Tier,
  rows: TierRows,
): void {
  rows.clear();
  const { timestamps, end } = floats;
  const words = wordsOf(floats.values);
  const steps = { rises: 0, falls: 0 };
  let item = 0;
  for (let row = floats.start; row < end || item < histograms.length;) {
    const firstMs = Math.min(
      row < end ? timestamps[row]! : Infinity,
      item < histograms.length ? histograms.timestamps[item]! : Infinity,
    );
    const start = bucketStartMs(firstMs, tier);
    const endMs = start + bucketMsOf(tier);
    let next = row;
    while (next < end && timestamps[next]! < endMs) next++;
    const at = rows.push(start);
    if (next > row) aggregateBucket(floats, words, row, next, rows, at, steps);
    row = next;
    let last = -1;
    while (item < histograms.length && histograms.timestamps[item]! < endMs) last = item++;
    if (last >= 0) rows.histograms.pushRow(histograms, last);
  }
  if (steps.falls > COUNTER_FALLS_MAX * (steps.rises + steps.falls)) forgetResets(rows);
}

/** Resets of a series that is no counter mean nothing and would be in every bucket. */
function forgetResets(rows: TierRows): void {
  for (let row = 0; row < rows.length; row++) {
    if (rows.count[row]! > 0) rows.write("resets", row, Number.NaN);
  }
}

/** Samples `[start, end)`, at least one, to row `at`. */
function aggregateBucket(
  series: BlockSeries,
  words: Uint32Array,
  start: number,
  end: number,
  rows: TierRows,
  at: number,
  steps: { rises: number; falls: number },
): void {
  const { timestamps, values } = series;
  let first = -1;
  let last = -1;
  let count = 0;
  let min = Number.NaN;
  let max = Number.NaN;
  let resets = 0;
  for (let row = start; row < end; row++) {
    if (isStaleAt(words, row)) continue;
    const value = values[row]!;
    if (first < 0) {
      first = row;
    } else if (value < values[last]!) {
      resets += values[last]!;
      steps.falls++;
    } else if (value > values[last]!) {
      steps.rises++;
    }
    last = row;
    count++;
    if (value < min || Number.isNaN(min)) min = value;
    if (value > max || Number.isNaN(max)) max = value;
  }
  rows.staleMs[at] = last < end - 1 ? timestamps[end - 1]! : NOT_STALE;
  if (count === 0) return;
  rows.count[at] = count;
  rows.firstMs[at] = timestamps[first]!;
  rows.lastMs[at] = timestamps[last]!;
  copyWords(words, first, rows.words("first"), at);
  copyWords(words, last, rows.words("last"), at);
  // NaN for what is no decimal, stale markers among the samples included.
  const decimal = decimalSum(values, start, end);
  rows.write("sum", at, Number.isNaN(decimal) ? plainSum(values, words, start, end) : decimal);
  rows.write("min", at, min);
  rows.write("max", at, max);
  rows.write("resets", at, resets);
}

/** Of all but stale markers. */
function plainSum(values: Float64Array, words: Uint32Array, start: number, end: number): number {
  const sum = new CompensatedSum();
  for (let row = start; row < end; row++) {
    if (!isStaleAt(words, row)) sum.add(values[row]!);
  }
  return sum.result();
}
