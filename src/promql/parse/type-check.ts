/**
 * Refuses expressions that read well but cannot mean anything: wrong types, wrong number of
 * arguments, matching where nothing can be matched, selectors that would select everything. Runs
 * only on text without syntax errors, inner expressions first, and throws on the first finding.
 */
import { METRIC_NAME } from "#model/labels.ts";
import type {
  Aggregate,
  Binary,
  Expr,
  Subquery,
  Unary,
  ValueType,
  VectorMatching,
  VectorSelector,
} from "./ast.ts";
import { checkBinary } from "./type-check-binary.ts";
import { checkCall } from "./type-check-call.ts";
import type { TypeCheckContext } from "./type-check-context.ts";
import { quote } from "./go-quote.ts";
import { matchesEmpty } from "./matches-empty.ts";
import { PromqlParseError } from "./promql-parse-error.ts";
import { typeName, typeOf } from "./type-of.ts";

export function checkTypes(
  text: string,
  expr: Expr,
  writtenMatchings: ReadonlyMap<Binary, VectorMatching>,
): void {
  const context: TypeCheckContext = {
    text,
    writtenMatchings,
    check(inner) {
      checkNode(context, inner);
      return typeOf(inner);
    },
    fail(pos, reason) {
      throw new PromqlParseError(text, pos, reason);
    },
  };
  context.check(expr);
}

function checkNode(context: TypeCheckContext, node: Expr): void {
  switch (node.kind) {
    case "number":
    case "string":
      return;
    case "vector-selector":
      return checkSelector(context, node);
    case "matrix-selector":
      return checkSelector(context, node.selector);
    case "subquery":
      return checkSubquery(context, node);
    case "call":
      return checkCall(context, node);
    case "aggregate":
      return checkAggregate(context, node);
    case "binary":
      return checkBinary(context, node);
    case "unary":
      return checkUnary(context, node);
    case "paren":
    case "step-invariant":
      context.check(node.expr);
  }
}

function checkSelector(context: TypeCheckContext, selector: VectorSelector): void {
  const { name, matchers, pos } = selector;
  if (name !== "") {
    // The last matcher is the one the name before the braces stands for.
    const other = matchers.slice(0, -1).find((matcher) => matcher.name === METRIC_NAME);
    if (other === undefined) return;
    const names = `${quote(name)} or ${quote(other.value)}`;
    context.fail(pos, `metric name must not be set twice: ${names}`);
  }
  if (matchers.every(matchesEmpty)) {
    context.fail(pos, "vector selector must contain at least one non-empty matcher");
  }
}

function checkSubquery(context: TypeCheckContext, subquery: Subquery): void {
  const type = context.check(subquery.expr);
  if (type === "vector") return;
  context.fail(subquery.pos, `subquery is only allowed on instant vector, got ${type} instead`);
}

function checkAggregate(context: TypeCheckContext, aggregate: Aggregate): void {
  expectType(context, aggregate.expr, "vector", "aggregation expression");
  if (aggregate.param === null) return;
  const want = aggregate.op === "count_values" ? "string" : "scalar";
  expectType(context, aggregate.param, want, "aggregation parameter");
}

function expectType(context: TypeCheckContext, expr: Expr, want: ValueType, where: string): void {
  const got = context.check(expr);
  if (got === want) return;
  context.fail(expr.pos, `expected type ${typeName(want)} in ${where}, got ${typeName(got)}`);
}

function checkUnary(context: TypeCheckContext, unary: Unary): void {
  const type = context.check(unary.expr);
  if (type === "scalar" || type === "vector") return;
  context.fail(
    unary.pos,
    "unary expression only allowed on expressions of type scalar or instant vector, got " +
      quote(typeName(type)),
  );
}
