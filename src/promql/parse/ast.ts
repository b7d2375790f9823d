/**
 * The syntax tree of PromQL: a tagged union of frozen records, told apart by `kind`. The parser
 * builds it, `#promql/analyze` rewrites it by making new records, nobody changes one in place.
 *
 * Every node has `pos`: offsets in UTF-16 units into the query text, end exclusive. Use
 * `line-column.ts` to show one to a user. Durations are integer milliseconds. A field `...Ms` next to
 * a field `...Expr` is final when `...Expr` is null; otherwise `resolveDurations` computes it.
 */
import type { Matcher } from "#model/matcher.ts";
import type { FunctionSignature } from "./function-table.ts";

export interface Pos {
  readonly start: number;
  readonly end: number;
}

export type ValueType = "scalar" | "vector" | "matrix" | "string";

export type AggregateOp =
  | "avg"
  | "bottomk"
  | "count"
  | "count_values"
  | "group"
  | "limit_ratio"
  | "limitk"
  | "max"
  | "min"
  | "quantile"
  | "stddev"
  | "stdvar"
  | "sum"
  | "topk";

export type ArithmeticOp = "+" | "-" | "*" | "/" | "%" | "^" | "atan2";
export type ComparisonOp = "==" | "!=" | "<=" | "<" | ">=" | ">";
export type SetOp = "and" | "or" | "unless";
/** Cut a native histogram (left) at a float (right): `</` keeps what is below, `>/` above. */
export type TrimOp = "</" | ">/";
export type BinaryOp = ArithmeticOp | ComparisonOp | SetOp | TrimOp;

export interface NumberLiteral {
  readonly kind: "number";
  readonly value: number;
  /** Written as a duration (`1h30m`); the value is in seconds all the same. */
  readonly isDuration: boolean;
  readonly pos: Pos;
}

export interface StringLiteral {
  readonly kind: "string";
  readonly value: string;
  readonly pos: Pos;
}

/** The `@` modifier. After `resolveQuery` only `time` remains. */
export type AtModifier =
  | { readonly kind: "time"; readonly ms: number }
  | { readonly kind: "start" }
  | { readonly kind: "end" };

/** How a range selector treats its edges. `smoothed` also exists on instant selectors. */
export type RangeEdges = "plain" | "anchored" | "smoothed";

export interface VectorSelector {
  readonly kind: "vector-selector";
  /** The metric name written before the braces; empty when there was none. */
  readonly name: string;
  /** All matchers in the order written; the one `name` stands for comes last. */
  readonly matchers: readonly Matcher[];
  readonly offsetMs: number;
  readonly offsetExpr: DurationExpr | null;
  readonly at: AtModifier | null;
  readonly edges: RangeEdges;
  readonly pos: Pos;
}

export interface MatrixSelector {
  readonly kind: "matrix-selector";
  /** Carries offset, `@` and edges of the whole. */
  readonly selector: VectorSelector;
  readonly rangeMs: number;
  readonly rangeExpr: DurationExpr | null;
  readonly pos: Pos;
}

export interface Subquery {
  readonly kind: "subquery";
  readonly expr: Expr;
  readonly rangeMs: number;
  readonly rangeExpr: DurationExpr | null;
  /** Null when not written: the engine's default subquery step. Never 0. */
  readonly stepMs: number | null;
  readonly stepExpr: DurationExpr | null;
  readonly offsetMs: number;
  readonly offsetExpr: DurationExpr | null;
  readonly at: AtModifier | null;
  readonly pos: Pos;
}

export interface Call {
  readonly kind: "call";
  readonly func: FunctionSignature;
  readonly args: readonly Expr[];
  readonly pos: Pos;
}

export interface Aggregate {
  readonly kind: "aggregate";
  readonly op: AggregateOp;
  readonly expr: Expr;
  /** First argument of topk, bottomk, quantile, count_values, limitk, limit_ratio; else null. */
  readonly param: Expr | null;
  readonly grouping: readonly string[];
  /** `grouping` lists the labels to drop instead of those to keep. */
  readonly without: boolean;
  readonly pos: Pos;
}

export type MatchCardinality = "one-to-one" | "many-to-one" | "one-to-many" | "many-to-many";

export interface VectorMatching {
  /** `group_left` = many-to-one, `group_right` = one-to-many, set operators = many-to-many. */
  readonly cardinality: MatchCardinality;
  /** `labels` was given by `on(...)`; otherwise by `ignoring(...)` or not at all. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Labels of `group_left(...)` / `group_right(...)`, copied from the "one" side. */
  readonly include: readonly string[];
  readonly fillLeft: number | null;
  readonly fillRight: number | null;
}

export interface Binary {
  readonly kind: "binary";
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly returnBool: boolean;
  /** Scalar when both sides are. */
  readonly resultType: "scalar" | "vector";
  /** Null unless both sides are instant vectors. */
  readonly matching: VectorMatching | null;
  readonly pos: Pos;
}

export interface Unary {
  readonly kind: "unary";
  readonly op: "+" | "-";
  readonly expr: Expr;
  readonly pos: Pos;
}

export interface Paren {
  readonly kind: "paren";
  readonly expr: Expr;
  readonly pos: Pos;
}

/** Made by `#promql/analyze` only: the same value at every step, so evaluate it once. */
export interface StepInvariant {
  readonly kind: "step-invariant";
  readonly expr: Expr;
  readonly pos: Pos;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Call
  | Aggregate
  | Binary
  | Unary
  | Paren
  | StepInvariant;

export type DurationBinaryOp = "+" | "-" | "*" | "/" | "%" | "^";

export interface DurationBinary {
  readonly kind: "duration-binary";
  readonly op: DurationBinaryOp;
  readonly left: DurationExpr;
  readonly right: DurationExpr;
  readonly pos: Pos;
}

/** Unary plus leaves no node. */
export interface DurationNegation {
  readonly kind: "duration-negation";
  readonly expr: DurationExpr;
  readonly pos: Pos;
}

export interface DurationParen {
  readonly kind: "duration-paren";
  readonly expr: DurationExpr;
  readonly pos: Pos;
}

/** `step()` and `range()` take nothing, `min_of` and `max_of` two arguments. */
export interface DurationCall {
  readonly kind: "duration-call";
  readonly name: "step" | "range" | "min_of" | "max_of";
  readonly args: readonly DurationExpr[];
  readonly pos: Pos;
}

/** What may stand in `[...]` and after `offset`; values are seconds. */
export type DurationExpr =
  | NumberLiteral
  | DurationBinary
  | DurationNegation
  | DurationParen
  | DurationCall;
