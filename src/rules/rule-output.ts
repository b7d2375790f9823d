/** What evaluating rules produces: samples to append, at one time. */
import type { FloatHistogram } from "#model/float-histogram.ts";
import type { Labels } from "#model/labels.ts";
import type { Expr } from "#promql/parse/ast.ts";

export interface RuleSample {
  readonly labels: Labels;
  readonly value: number | FloatHistogram;
}

/** Evaluates an expression at a time; scalars come as one sample without labels. */
export type RuleQuery = (
  expr: Expr,
  text: string,
  timeMs: number,
) => Promise<readonly RuleSample[]>;
