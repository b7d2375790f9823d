/** Which rule a series falls under, and so from when on its samples are kept in a rewritten block. */
import { LabelsDecoder } from "#model/canonical-labels.ts";
import type { Labels } from "#model/labels.ts";
import { compileMatchers } from "#model/matches-labels.ts";
import type { SeriesIdentity } from "../block/block-series.ts";
import type { RetentionOptions } from "./retention-options.ts";

export class RetentionCut {
  readonly #tests: readonly {
    readonly tenant: number | null;
    readonly accepts: (labels: Labels) => boolean;
  }[];
  /** As `retentionCutoffs` gives them. */
  readonly #cutoffs: readonly number[];
  readonly #decoder = new LabelsDecoder();

  constructor(options: RetentionOptions, cutoffs: readonly number[]) {
    this.#tests = options.rules.map(({ tenant, matchers }) => ({
      tenant,
      accepts: compileMatchers(matchers),
    }));
    this.#cutoffs = cutoffs;
  }

  /** Samples of the series before this time go. */
  cutoffMs({ tenant, labels }: SeriesIdentity): number {
    const decoded = this.#decoder.decode(labels, 0, labels.length);
    const rule = this.#tests.findIndex(
      (test) => (test.tenant === null || test.tenant === tenant) && test.accepts(decoded),
    );
    return this.#cutoffs[rule < 0 ? this.#tests.length : rule]!;
  }
}
