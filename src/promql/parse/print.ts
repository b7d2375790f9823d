/**
 * A syntax tree as canonical text on one line, in the form Prometheus shows queries: reading it back
 * gives the same tree, positions and the order of matchers aside. Matchers are sorted, aggregations
 * carry their grouping before the arguments, durations use the largest units.
 */
import { METRIC_NAME } from "#model/labels.ts";
import { compareUtf8 } from "#base/bytes/compare-utf8.ts";
import type { Matcher } from "#model/matcher.ts";
import type { Aggregate, Binary, Expr, Subquery, VectorSelector } from "./ast.ts";
import { quote } from "./go-quote.ts";
import { protectLeft } from "./protect-left.ts";
import { printLength, printNumber } from "./print-duration.ts";
import { printAt, printEdges, printLabel, printLabels } from "./print-modifiers.ts";
import { printMatching, printOffset } from "./print-modifiers.ts";

export function printPromql(expr: Expr): string {
  switch (expr.kind) {
    case "number":
      return printNumber(expr);
    case "string":
      return quote(expr.value);
    case "vector-selector": {
      const { at, edges, offsetMs, offsetExpr } = expr;
      const modifiers = printAt(at) + printEdges(edges) + printOffset(offsetMs, offsetExpr);
      return printSeries(expr) + modifiers;
    }
    case "matrix-selector": {
      const { at, edges, offsetMs, offsetExpr } = expr.selector;
      const range = `[${printLength(expr.rangeMs, expr.rangeExpr)}]`;
      const modifiers = printEdges(edges) + printAt(at) + printOffset(offsetMs, offsetExpr);
      return printSeries(expr.selector) + range + modifiers;
    }
    case "subquery":
      return printPromql(expr.expr) + printSubqueryTimes(expr);
    case "call":
      return `${expr.func.name}(${expr.args.map(printPromql).join(", ")})`;
    case "aggregate": {
      const args = expr.param === null ? [expr.expr] : [expr.param, expr.expr];
      return `${printAggregation(expr)}(${args.map(printPromql).join(", ")})`;
    }
    case "binary":
      return `${protectLeft(printPromql(expr.left), expr)} ${printOperator(expr)} ${printPromql(expr.right)}`;
    case "unary":
      return expr.op + printPromql(expr.expr);
    case "paren":
      return `(${printPromql(expr.expr)})`;
    case "step-invariant":
      return printPromql(expr.expr);
  }
}

/** The operator with its modifiers, without operands. */
export function printOperator(binary: Binary): string {
  return binary.op + (binary.returnBool ? " bool" : "") + printMatching(binary.matching);
}

/** The operator with its grouping, without arguments. */
export function printAggregation({ op, grouping, without }: Aggregate): string {
  if (without) return `${op} without (${printLabels(grouping)}) `;
  return grouping.length > 0 ? `${op} by (${printLabels(grouping)}) ` : op;
}

/** Everything of a subquery after its expression. */
export function printSubqueryTimes(subquery: Subquery): string {
  const { rangeMs, rangeExpr, stepMs, stepExpr, offsetMs, offsetExpr, at } = subquery;
  const step = stepMs === null && stepExpr === null ? "" : printLength(stepMs ?? 0, stepExpr);
  const lengths = `[${printLength(rangeMs, rangeExpr)}:${step}]`;
  return lengths + printAt(at) + printOffset(offsetMs, offsetExpr);
}

function printSeries({ name, matchers }: VectorSelector): string {
  const written = matchers
    .filter((matcher) => !isName(matcher, name))
    .map(printMatcher)
    .toSorted(compareUtf8);
  return written.length > 0 ? `${name}{${written.join(",")}}` : name || "{}";
}

/** The matcher that stands for the name before the braces. */
function isName(matcher: Matcher, name: string): boolean {
  const { kind, name: label, value } = matcher;
  return kind === "=" && label === METRIC_NAME && value === name && value !== "";
}

function printMatcher({ kind, name, value }: Matcher): string {
  return printLabel(name) + kind + quote(value);
}
