/**
 * The reset hint a store can vouch for: within one run of counter histograms of the same layout all
 * but the first are "not reset", whatever their sender said; the first is "unknown", so that whoever
 * reads on compares for himself. Gauges stay gauges.
 */
import type { CounterResetHint, FloatHistogram } from "#model/float-histogram.ts";
import { detectReset } from "./detect-reset.ts";
import { equalBounds } from "./equal-histograms.ts";

/** `before` is the sample before it in the series, null when that is no histogram. */
export function hintAfter(
  before: FloatHistogram | null,
  histogram: FloatHistogram,
): CounterResetHint {
  if (histogram.counterResetHint === "gauge") return "gauge";
  return before !== null && continues(histogram, before) ? "not_reset" : "unknown";
}

/** Whether a counter goes on from `before` in the same layout. */
function continues(histogram: FloatHistogram, before: FloatHistogram): boolean {
  if (before.counterResetHint === "gauge" || histogram.counterResetHint === "reset") return false;
  if (histogram.schema !== before.schema) return false;
  if (histogram.zeroThreshold !== before.zeroThreshold) return false;
  if (!equalBounds(histogram.customValues, before.customValues)) return false;
  return !detectReset({ ...histogram, counterResetHint: "unknown" }, before);
}
