/** The finding of functions that use the floats of a window and leave its histograms out. */
import * as findings from "../../findings.ts";
import type { RangeWindow } from "../range-window.ts";

export function noteIgnoredHistograms(window: RangeWindow): void {
  if (window.histogramCount === 0) return;
  window.annotations.info(findings.histogramsIgnoredInRange(window.metricName), window.place);
}
