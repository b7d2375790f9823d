/** One item of a series line: nothing, a float, a stale marker or a histogram. */
import type { FloatHistogram } from "#model/float-histogram.ts";

export type SequenceValue =
  | { readonly kind: "omitted" }
  | { readonly kind: "stale" }
  | { readonly kind: "float"; readonly value: number }
  | {
      readonly kind: "histogram";
      readonly histogram: FloatHistogram;
      /** `counter_reset_hint` was written, so an expectation includes it. */
      readonly hintWritten: boolean;
    };
