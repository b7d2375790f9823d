/** A format of exports. Whoever writes gives the samples of one series at a time, a run of them. */
import type { Labels } from "#model/labels.ts";

export interface ExportRun {
  readonly labels: Labels;
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
  readonly from: number;
  readonly to: number;
}

export interface ExportWriter {
  readonly contentType: string;
  /** Whole lines. */
  write(run: ExportRun): string;
}
