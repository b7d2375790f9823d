/** What one line of an import says about one series. */
import type { Labels } from "#model/labels.ts";

export interface ImportSeries {
  readonly labels: Labels;
  /** As long as `timestamps`; at least one. */
  readonly values: Float64Array;
  /** Integer milliseconds. */
  readonly timestamps: Float64Array;
}
