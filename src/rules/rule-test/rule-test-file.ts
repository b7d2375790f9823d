/** A file of rule tests, in the format of `promtool test rules`. Times are milliseconds. */
export interface RuleTestFile {
  readonly file: string;
  /** As written: patterns relative to the file's folder. */
  readonly ruleFiles: readonly string[];
  readonly evaluationIntervalMs: number;
  readonly groupEvalOrder: readonly string[];
  readonly fuzzyCompare: boolean;
  readonly tests: readonly RuleTestGroup[];
}

export interface RuleTestGroup {
  readonly place: string;
  readonly name: string;
  readonly intervalMs: number;
  readonly startMs: number;
  readonly series: readonly InputSeries[];
  readonly alertTests: readonly AlertTest[];
  readonly exprTests: readonly ExprTest[];
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly externalUrl: string;
}

export interface InputSeries {
  readonly place: string;
  readonly series: string;
  readonly values: string;
}

export interface AlertTest {
  readonly place: string;
  readonly evalTimeMs: number;
  readonly alertname: string;
  readonly expected: readonly ExpectedAlert[];
}

export interface ExpectedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ExprTest {
  readonly place: string;
  readonly expr: string;
  readonly evalTimeMs: number;
  readonly expected: readonly ExpectedSample[];
}

export interface ExpectedSample {
  /** As in a query: `up{job="a"}`; empty for no labels. */
  readonly labels: string;
  readonly value: number;
  /** The literal without its braces; null for floats. */
  readonly histogram: string | null;
}
