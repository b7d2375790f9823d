/** What one page of metrics says, as columns: sample `i` is `labels[i]`, `values[i]`, ... */
import type { Labels } from "#model/labels.ts";

export type ExpositionType = "counter" | "gauge" | "histogram" | "summary" | "untyped";

export interface FamilyMetadata {
  readonly name: string;
  readonly type: ExpositionType;
  readonly help: string;
}

export interface ExpositionPage {
  /** The metric name is the label `__name__`. */
  readonly labels: readonly Labels[];
  readonly values: Float64Array;
  /** Milliseconds; NaN where the page gives none and the time of the scrape applies. */
  readonly timestamps: Float64Array;
  /** In order of appearance; families without `# TYPE` or `# HELP` are not listed. */
  readonly families: readonly FamilyMetadata[];
}
