/**
 * Samples of one series to buckets of a tier. A bucket depends on the samples inside it only, so the
 * same samples give the same buckets whatever blocks they came in.
 */
import { CompensatedSum } from "#model/compensated-sum.ts";
import { isStaleAt, wordsOf } from "#model/staleness.ts";
import type { BlockSeries } from "./block-series.ts";
import { decimalSum } from "./decimal-units.ts";
import { NOT_STALE, type TierRows } from "./tier-rows.ts";
import { bucketMsOf, type Tier } from "./tier.ts";
import { copyWords } from "./value-words.ts";

/** A counter falls only when its process starts again; with more falls than this it is none. */
const COUNTER_FALLS_MAX = 0.25;

/** Replaces `rows` by the buckets of `series`. */
export function aggregateSeries(series: BlockSeries, tier: Tier, rows: TierRows): void {
  rows.clear();
  const { timestamps, end } = series;
  const words = wordsOf(series.values);
  const bucketMs = bucketMsOf(tier);
  const steps = { rises: 0, falls: 0 };
  for (let row = series.start; row < end;) {
    const start = Math.floor(timestamps[row]! / bucketMs) * bucketMs;
    let next = row + 1;
    while (next < end && timestamps[next]! < start + bucketMs) next++;
    aggregateBucket(series, words, row, next, rows, rows.push(start), steps);
    row = next;
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
  const sum = new CompensatedSum();
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
    sum.add(value);
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
  rows.write("sum", at, Number.isNaN(decimal) ? sum.result() : decimal);
  rows.write("min", at, min);
  rows.write("max", at, max);
  rows.write("resets", at, resets);
}
