/** Splits the samples of a series that are older than anything is kept off from those that stay. */
import type { ImportSeries } from "./import-series.ts";

export interface RetainedSeries {
  /** May be without samples. */
  readonly series: ImportSeries;
  readonly oldCount: number;
  /** The first of them; NaN without any. */
  readonly firstOldMs: number;
}

export function withinRetention(series: ImportSeries, oldestMs: number): RetainedSeries {
  const { labels, timestamps } = series;
  let oldCount = 0;
  let firstOldMs = Number.NaN;
  for (let i = 0; i < timestamps.length; i++) {
    if (timestamps[i]! >= oldestMs) continue;
    if (oldCount === 0) firstOldMs = timestamps[i]!;
    oldCount++;
  }
  if (oldCount === 0) return { series, oldCount, firstOldMs };
  // Values have no payload here: every reader of lines gives the ordinary NaN.
  const values = series.values.filter((_, i) => timestamps[i]! >= oldestMs);
  const kept = timestamps.filter((ms) => ms >= oldestMs);
  return { series: { labels, values, timestamps: kept }, oldCount, firstOldMs };
}
