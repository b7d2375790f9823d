/** Rules as a rule file states them, checked and with defaults filled in. */
import type { Expr } from "#promql/parse/ast.ts";

interface RuleCommon {
  readonly text: string;
  readonly expr: Expr;
  readonly labels: Readonly<Record<string, string>>;
  /** `file:line`. */
  readonly place: string;
}

export interface RecordingRule extends RuleCommon {
  readonly kind: "recording";
  readonly record: string;
}

export interface AlertingRule extends RuleCommon {
  readonly kind: "alerting";
  readonly alert: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly annotations: Readonly<Record<string, string>>;
}

export type Rule = RecordingRule | AlertingRule;

export interface RuleGroup {
  readonly file: string;
  readonly name: string;
  /** Null: the evaluator's own interval. */
  readonly intervalMs: number | null;
  readonly queryOffsetMs: number;
  /** Results per rule; 0 = no limit. */
  readonly limit: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly rules: readonly Rule[];
}
