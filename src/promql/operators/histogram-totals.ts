/**
 * Histograms reduced to count and sum. As their buckets go, resets are looked for first and written
 * into the hints, so functions of counters still see them.
 */
import type { CounterResetHint, FloatHistogram } from "#model/float-histogram.ts";
import { detectReset } from "#model/histogram/detect-reset.ts";
import { makeHistogram } from "#model/histogram/make-histogram.ts";

/** One series' histograms in order of time; floats between them do not matter. */
export function totalsOf(
  histograms: readonly (FloatHistogram | null)[],
): (FloatHistogram | null)[] {
  let last: FloatHistogram | null = null;
  return histograms.map((histogram) => {
    if (histogram === null || histogram.stale) return histogram;
    const { schema, count, sum } = histogram;
    const counterResetHint = hintOf(histogram, last);
    last = histogram;
    return makeHistogram({ schema, count, sum, counterResetHint });
  });
}

function hintOf(histogram: FloatHistogram, last: FloatHistogram | null): CounterResetHint {
  if (histogram.counterResetHint !== "unknown" || last === null) return histogram.counterResetHint;
  return detectReset(histogram, last) ? "reset" : "not_reset";
}
