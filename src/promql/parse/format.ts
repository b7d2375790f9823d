/**
 * A syntax tree laid out over lines, as `/api/v1/format_query` answers: what fits a line of 100
 * characters stays on one, everything longer breaks at its arguments or its operator, each level
 * indented by two spaces.
 */
import type { Expr } from "./ast.ts";
import { printAggregation, printOperator, printPromql, printSubqueryTimes } from "./print.ts";
import { protectLeft } from "./protect-left.ts";

const LINE_BYTES_MAX = 100;
const INDENT = "  ";

export function formatPromql(expr: Expr): string {
  return format(expr, 0);
}

/** Every line begins with the indent of `level`. */
function format(expr: Expr, level: number): string {
  const indent = INDENT.repeat(level);
  switch (expr.kind) {
    case "unary":
      return indent + expr.op + format(expr.expr, level).trim();
    case "subquery":
      if (fits(expr)) return printPromql(expr);
      return format(expr.expr, level) + printSubqueryTimes(expr);
    case "step-invariant":
      return format(expr.expr, level);
    case "aggregate":
    case "binary":
    case "call":
    case "paren":
      return fits(expr) ? indent + printPromql(expr) : breakUp(expr, level);
    default:
      return indent + printPromql(expr);
  }
}

function breakUp(expr: Expr & { kind: "aggregate" | "binary" | "call" | "paren" }, level: number) {
  const indent = INDENT.repeat(level);
  if (expr.kind === "binary") {
    const left = protectLeft(format(expr.left, level + 1), expr);
    return `${left}\n${indent}${printOperator(expr)}\n${format(expr.right, level + 1)}`;
  }
  const { head, parts } = headAndParts(expr);
  const body = parts.map((part) => format(part, level + 1)).join(",\n");
  return `${indent}${head}(\n${body}\n${indent})`;
}

function headAndParts(expr: Expr & { kind: "aggregate" | "call" | "paren" }): {
  readonly head: string;
  readonly parts: readonly Expr[];
} {
  switch (expr.kind) {
    case "aggregate": {
      const parts = expr.param === null ? [expr.expr] : [expr.param, expr.expr];
      return { head: printAggregation(expr), parts };
    }
    case "call":
      return { head: expr.func.name, parts: expr.args };
    case "paren":
      return { head: "", parts: [expr.expr] };
  }
}

function fits(expr: Expr): boolean {
  return Buffer.byteLength(printPromql(expr)) <= LINE_BYTES_MAX;
}
