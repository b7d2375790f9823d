/**
 * From a resolved syntax tree (`#promql/analyze` `resolveQuery`) to a plan. Only shape changes here:
 * arguments are sorted by type, calls get their own node kinds, labels of `absent` are worked out.
 */
import { assert, must } from "#base/assert.ts";
import { compareUtf8 } from "#base/bytes/compare-utf8.ts";
import { EMPTY_LABELS, type Labels, labelsOf, METRIC_NAME } from "#model/labels.ts";
import type {
  Aggregate,
  AtModifier,
  Binary,
  Call,
  Expr,
  MatrixSelector,
  Subquery,
  VectorSelector,
} from "../parse/ast.ts";
import { typeOf } from "../parse/type-of.ts";
import type {
  ElementOp,
  InfoPlan,
  QueryPlan,
  RangePlan,
  ScalarOp,
  ScalarPlan,
  SelectorPlan,
  SubqueryPlan,
  VectorPlan,
} from "./plan-node.ts";

export interface PlanOptions {
  /** Step of subqueries that name none. */
  readonly defaultSubqueryStepMs: number;
}

export function buildPlan(expr: Expr, options: PlanOptions): QueryPlan {
  const builder = new PlanBuilder(options);
  switch (typeOf(expr)) {
    case "scalar":
      return { type: "scalar", plan: builder.scalar(expr) };
    case "vector":
      return { type: "vector", plan: builder.vector(expr) };
    case "matrix":
      return { type: "matrix", plan: builder.range(expr) };
    case "string":
      return { type: "string", value: stringOf(expr) };
  }
}

/** Functions that read only the totals of a histogram, and those that need its buckets. */
const TOTALS_FUNCTIONS = ["histogram_avg", "histogram_count", "histogram_sum"];
const BUCKET_FUNCTIONS = ["histogram_fraction", "histogram_quantile", "histogram_quantiles"];

class PlanBuilder {
  readonly #options: PlanOptions;
  /** How many nodes above the current one read only totals, and how many need buckets. */
  #aboveTotals = 0;
  #aboveBuckets = 0;

  constructor(options: PlanOptions) {
    this.#options = options;
  }

  scalar(expr: Expr): ScalarPlan {
    switch (expr.kind) {
      case "number":
        return { kind: "number", value: expr.value };
      case "paren":
        return this.scalar(expr.expr);
      case "step-invariant":
        return { kind: "scalar-invariant", expr: this.scalar(expr.expr) };
      case "unary": {
        const inner = this.scalar(expr.expr);
        return expr.op === "-" ? { kind: "scalar-negate", expr: inner } : inner;
      }
      case "binary":
        return {
          kind: "scalar-binary",
          op: expr.op as ScalarOp,
          left: this.scalar(expr.left),
          right: this.scalar(expr.right),
        };
      case "call":
        return this.#scalarCall(expr);
      default:
        return unexpected(expr, "scalar");
    }
  }

  vector(expr: Expr): VectorPlan {
    switch (expr.kind) {
      case "paren":
        return this.vector(expr.expr);
      case "step-invariant":
        return { kind: "invariant", expr: this.vector(expr.expr) };
      case "unary": {
        const inner = this.vector(expr.expr);
        return expr.op === "-" ? { kind: "negate", expr: inner } : inner;
      }
      case "vector-selector": {
        const smoothed = expr.edges === "smoothed";
        const selector = this.#selector(expr);
        return { kind: "select", selector, smoothed, range: expr.pos };
      }
      case "binary":
        return this.#binary(expr);
      case "aggregate":
        return this.#aggregate(expr);
      case "call":
        return this.#call(expr);
      default:
        return unexpected(expr, "vector");
    }
  }

  range(expr: Expr): RangePlan {
    switch (expr.kind) {
      case "paren":
      case "step-invariant":
        return this.range(expr.expr);
      case "matrix-selector": {
        const { selector, rangeMs, pos } = expr;
        const plan = this.#selector(selector);
        return { kind: "range-select", selector: plan, rangeMs, edges: selector.edges, range: pos };
      }
      case "subquery":
        return this.#subquery(expr);
      default:
        return unexpected(expr, "matrix");
    }
  }

  #selector({ matchers, offsetMs, at }: VectorSelector): SelectorPlan {
    const totalsOnly = this.#aboveTotals > 0 && this.#aboveBuckets === 0;
    return { matchers, offsetMs, atMs: atMs(at), totalsOnly };
  }

  #needingBuckets<Plan>(plan: () => Plan): Plan {
    this.#aboveBuckets++;
    const result = plan();
    this.#aboveBuckets--;
    return result;
  }

  #subquery(expr: Subquery): SubqueryPlan {
    return {
      kind: "subquery",
      // A subquery skips samples, so resets between those it sees show in the buckets only.
      expr: this.#needingBuckets(() => this.vector(expr.expr)),
      rangeMs: expr.rangeMs,
      stepMs: expr.stepMs ?? this.#options.defaultSubqueryStepMs,
      offsetMs: expr.offsetMs,
      atMs: atMs(expr.at),
    };
  }

  #scalarCall({ func, args }: Call): ScalarPlan {
    switch (func.name) {
      case "time":
        return { kind: "time" };
      case "pi":
        return { kind: "number", value: Math.PI };
      case "scalar":
        return { kind: "scalar-of", vector: this.vector(args[0]!) };
      default: {
        assert(/^(?:min|max)_of$/.test(func.name), () => `plan: scalar function ${func.name}`);
        const pick = func.name === "min_of" ? "min" : "max";
        const [left, right] = [this.scalar(args[0]!), this.scalar(args[1]!)];
        return { kind: "scalar-extreme", pick, left, right };
      }
    }
  }

  #call(expr: Call): VectorPlan {
    if (BUCKET_FUNCTIONS.includes(expr.func.name)) {
      return this.#needingBuckets(() => this.#callOf(expr));
    }
    if (!TOTALS_FUNCTIONS.includes(expr.func.name)) return this.#callOf(expr);
    this.#aboveTotals++;
    const plan = this.#callOf(expr);
    this.#aboveTotals--;
    return plan;
  }

  #callOf(expr: Call): VectorPlan {
    const { func, args } = expr;
    const argRanges = args.map((arg) => arg.pos);
    const first = args[0] === undefined ? null : bare(args[0]);
    if (func.name === "vector") return { kind: "vector-of", scalar: this.scalar(args[0]!) };
    if (func.name === "info") return this.#info(args);
    const isSampleTime = func.name === "timestamp" || func.name === "start_timestamp";
    if (isSampleTime && first?.kind === "vector-selector") {
      const which = func.name === "timestamp" ? "sample" : "start";
      return { kind: "sample-time", selector: this.#selector(first), which };
    }
    const rangeArg = args.find((arg) => typeOf(arg) === "matrix");
    const scalars = args.filter((arg) => typeOf(arg) === "scalar").map((arg) => this.scalar(arg));
    const absentLabels = func.name.startsWith("absent") ? labelsOfAbsent(first) : EMPTY_LABELS;
    if (rangeArg !== undefined) {
      const source = this.range(rangeArg);
      return { kind: "range-call", name: func.name, source, scalars, argRanges, absentLabels };
    }
    return {
      kind: "call",
      name: func.name,
      vectors: args.filter((arg) => typeOf(arg) === "vector").map((arg) => this.vector(arg)),
      scalars,
      strings: args.filter((arg) => typeOf(arg) === "string").map(stringOf),
      range: expr.pos,
      argRanges,
      absentLabels,
    };
  }

  #info(args: readonly Expr[]): InfoPlan {
    const filter = args[1] === undefined ? null : bare(args[1]);
    assert(filter === null || filter.kind === "vector-selector", "plan: info filter is a selector");
    const followed = firstSelector(args[0]!);
    return {
      kind: "info",
      vector: this.vector(args[0]!),
      matchers: filter?.matchers ?? null,
      offsetMs: followed?.offsetMs ?? 0,
      atMs: followed === null ? null : atMs(followed.at),
    };
  }

  #aggregate(expr: Aggregate): VectorPlan {
    const { op, param, grouping, without } = expr;
    const isText = op === "count_values";
    return {
      kind: "aggregate",
      op,
      expr: this.vector(expr.expr),
      param: param === null || isText ? null : this.scalar(param),
      valueLabel: isText ? stringOf(must(param, "plan: count_values label")) : "",
      grouping: [...grouping].sort(compareUtf8),
      without,
      range: expr.pos,
      exprRange: bare(expr.expr).pos,
      paramRange: param === null ? null : bare(param).pos,
    };
  }

  #binary(expr: Binary): VectorPlan {
    const isTrim = expr.op === "</" || expr.op === ">/";
    return isTrim ? this.#needingBuckets(() => this.#binaryOf(expr)) : this.#binaryOf(expr);
  }

  #binaryOf(expr: Binary): VectorPlan {
    const { op, left, right, returnBool, pos: range, matching } = expr;
    if (matching !== null) {
      const sides = { left: this.vector(left), right: this.vector(right), matching };
      if (op === "and" || op === "or" || op === "unless") {
        return { kind: "binary-set", op, ...sides };
      }
      return { kind: "binary-vectors", op: op as ElementOp, ...sides, returnBool, range };
    }
    const scalarOnLeft = typeOf(left) === "scalar";
    return {
      kind: "binary-scalar",
      op: op as ElementOp,
      vector: this.vector(scalarOnLeft ? right : left),
      scalar: this.scalar(scalarOnLeft ? left : right),
      scalarOnLeft,
      returnBool,
      range,
    };
  }
}

function atMs(at: AtModifier | null): number | null {
  if (at === null) return null;
  assert(at.kind === "time", () => `plan: unresolved @ ${at.kind}()`);
  return at.ms;
}

/** Without what only groups or marks. */
function bare(expr: Expr): Expr {
  return expr.kind === "paren" || expr.kind === "step-invariant" ? bare(expr.expr) : expr;
}

function stringOf(expr: Expr): string {
  const literal = bare(expr);
  assert(literal.kind === "string", () => `plan: got ${literal.kind}, want a string`);
  return literal.value;
}

/** The labels that equality matchers of a plain selector pin down, each only if matched once. */
function labelsOfAbsent(argument: Expr | null): Labels {
  const selector = selectorOf(argument);
  if (selector === null) return EMPTY_LABELS;
  const values = new Map<string, string>();
  const seen = new Set<string>();
  for (const { kind, name, value } of selector.matchers) {
    if (name === METRIC_NAME) continue;
    if (kind === "=" && !seen.has(name)) {
      values.set(name, value);
      seen.add(name);
    } else {
      values.delete(name);
    }
  }
  return labelsOf(values);
}

function selectorOf(expr: Expr | null): VectorSelector | null {
  if (expr?.kind === "vector-selector") return expr;
  return expr?.kind === "matrix-selector" ? (expr satisfies MatrixSelector).selector : null;
}

/** The first instant selector in the order of the text. */
function firstSelector(expr: Expr): VectorSelector | null {
  switch (expr.kind) {
    case "vector-selector":
      return expr;
    case "matrix-selector":
      return expr.selector;
    case "number":
    case "string":
      return null;
    case "call":
      return firstOf(expr.args);
    case "binary":
      return firstOf([expr.left, expr.right]);
    case "aggregate":
      return firstOf(expr.param === null ? [expr.expr] : [expr.expr, expr.param]);
    case "subquery":
    case "unary":
    case "paren":
    case "step-invariant":
      return firstSelector(expr.expr);
  }
}

function firstOf(exprs: readonly Expr[]): VectorSelector | null {
  for (const expr of exprs) {
    const selector = firstSelector(expr);
    if (selector !== null) return selector;
  }
  return null;
}

function unexpected(expr: Expr, wanted: string): never {
  assert(false, () => `plan: got ${expr.kind}, want a ${wanted}`);
}
