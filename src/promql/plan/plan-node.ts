/**
 * The plan of a query: what the evaluator walks. Plain data without references to text or engine,
 * so a part of it can be sent to the node that holds the series. Times are resolved (durations,
 * `@ start()`, `@ end()`), parentheses are gone, step-invariant parts are marked, and every node's
 * type is in its union: scalars have a value at every step, vectors a `SeriesMatrix`, ranges a
 * window of samples per step.
 */
import type { Labels } from "#model/labels.ts";
import type { Matcher } from "#model/matcher.ts";
import type { TextRange } from "../annotations.ts";
import type {
  AggregateOp,
  ArithmeticOp,
  ComparisonOp,
  RangeEdges,
  SetOp,
  TrimOp,
  VectorMatching,
} from "../parse/ast.ts";

export interface SelectorPlan {
  readonly matchers: readonly Matcher[];
  readonly offsetMs: number;
  /** The `@` time, before the offset; null to follow the steps. */
  readonly atMs: number | null;
  /** Of histograms only count, sum and resets matter; their buckets need not be read. */
  readonly totalsOnly: boolean;
}

export type ScalarOp = ArithmeticOp | ComparisonOp;
export type ElementOp = ArithmeticOp | ComparisonOp | TrimOp;

export type ScalarPlan =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "time" }
  | { readonly kind: "scalar-of"; readonly vector: VectorPlan }
  | {
      readonly kind: "scalar-binary";
      readonly op: ScalarOp;
      readonly left: ScalarPlan;
      readonly right: ScalarPlan;
    }
  | { readonly kind: "scalar-negate"; readonly expr: ScalarPlan }
  | {
      readonly kind: "scalar-extreme";
      readonly pick: "min" | "max";
      readonly left: ScalarPlan;
      readonly right: ScalarPlan;
    }
  | { readonly kind: "scalar-invariant"; readonly expr: ScalarPlan };

export interface SelectPlan {
  readonly kind: "select";
  readonly selector: SelectorPlan;
  readonly smoothed: boolean;
  readonly range: TextRange;
}

/** `timestamp` and `start_timestamp` of a plain selector: they show the sample's own time. */
export interface SampleTimePlan {
  readonly kind: "sample-time";
  readonly selector: SelectorPlan;
  readonly which: "sample" | "start";
}

/** A function of a range vector. */
export interface RangeCallPlan {
  readonly kind: "range-call";
  readonly name: string;
  readonly source: RangePlan;
  /** The other arguments, in order. */
  readonly scalars: readonly ScalarPlan[];
  /** Place of each argument in the text, in the order written. */
  readonly argRanges: readonly TextRange[];
  /** Labels of the answer of `absent_over_time`; empty for the others. */
  readonly absentLabels: Labels;
}

/** Any other function that gives a vector; its arguments are sorted by type, each in order. */
export interface CallPlan {
  readonly kind: "call";
  readonly name: string;
  readonly vectors: readonly VectorPlan[];
  readonly scalars: readonly ScalarPlan[];
  readonly strings: readonly string[];
  readonly range: TextRange;
  readonly argRanges: readonly TextRange[];
  /** Labels of the answer of `absent`; empty for the others. */
  readonly absentLabels: Labels;
}

export interface InfoPlan {
  readonly kind: "info";
  readonly vector: VectorPlan;
  /** Matchers of the second argument; null when it was not given. */
  readonly matchers: readonly Matcher[] | null;
  /** Time shift of the first selector inside the first argument, which info series follow. */
  readonly offsetMs: number;
  readonly atMs: number | null;
}

export interface AggregatePlan {
  readonly kind: "aggregate";
  readonly op: AggregateOp;
  readonly expr: VectorPlan;
  readonly param: ScalarPlan | null;
  /** The label `count_values` writes; empty for the others. */
  readonly valueLabel: string;
  /** In byte order. */
  readonly grouping: readonly string[];
  readonly without: boolean;
  readonly range: TextRange;
  readonly exprRange: TextRange;
  readonly paramRange: TextRange | null;
}

export interface BinaryVectorsPlan {
  readonly kind: "binary-vectors";
  readonly op: ElementOp;
  readonly left: VectorPlan;
  readonly right: VectorPlan;
  readonly matching: VectorMatching;
  readonly returnBool: boolean;
  readonly range: TextRange;
}

export interface BinarySetPlan {
  readonly kind: "binary-set";
  readonly op: SetOp;
  readonly left: VectorPlan;
  readonly right: VectorPlan;
  readonly matching: VectorMatching;
}

export interface BinaryScalarPlan {
  readonly kind: "binary-scalar";
  readonly op: ElementOp;
  readonly vector: VectorPlan;
  readonly scalar: ScalarPlan;
  readonly scalarOnLeft: boolean;
  readonly returnBool: boolean;
  readonly range: TextRange;
}

export type VectorPlan =
  | SelectPlan
  | SampleTimePlan
  | RangeCallPlan
  | CallPlan
  | InfoPlan
  | AggregatePlan
  | BinaryVectorsPlan
  | BinarySetPlan
  | BinaryScalarPlan
  | { readonly kind: "negate"; readonly expr: VectorPlan }
  | { readonly kind: "vector-of"; readonly scalar: ScalarPlan }
  | { readonly kind: "invariant"; readonly expr: VectorPlan };

export interface RangeSelectPlan {
  readonly kind: "range-select";
  readonly selector: SelectorPlan;
  readonly rangeMs: number;
  readonly edges: RangeEdges;
  readonly range: TextRange;
}

export interface SubqueryPlan {
  readonly kind: "subquery";
  readonly expr: VectorPlan;
  readonly rangeMs: number;
  readonly stepMs: number;
  readonly offsetMs: number;
  readonly atMs: number | null;
}

export type RangePlan = RangeSelectPlan | SubqueryPlan;

export type QueryPlan =
  | { readonly type: "scalar"; readonly plan: ScalarPlan }
  | { readonly type: "vector"; readonly plan: VectorPlan }
  | { readonly type: "matrix"; readonly plan: RangePlan }
  | { readonly type: "string"; readonly value: string };
