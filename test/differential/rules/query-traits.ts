/** What a query contains, for rules that cannot be shown by changing the engine. */
import { walkExpr } from "#promql/analyze/walk-expr.ts";
import type { Call, Expr } from "#promql/parse/ast.ts";

export function someExpr(root: Expr, test: (expr: Expr) => boolean): boolean {
  let found = false;
  walkExpr(root, (expr) => {
    found ||= test(expr);
  });
  return found;
}

export function someCall(
  root: Expr,
  names: readonly string[],
  test: (call: Call) => boolean,
): boolean {
  return someExpr(
    root,
    (expr) => expr.kind === "call" && names.includes(expr.func.name) && test(expr),
  );
}

export function unwrapped(expr: Expr): Expr {
  return expr.kind === "paren" ? unwrapped(expr.expr) : expr;
}

/** The range of a selector or subquery has an `@`. */
export function isPinnedRange(expr: Expr): boolean {
  const range = unwrapped(expr);
  if (range.kind === "matrix-selector") return range.selector.at !== null;
  return range.kind === "subquery" && range.at !== null;
}

/** Some selector in it is evaluated at another time than the query. */
export function isShifted(root: Expr): boolean {
  return someExpr(root, (expr) => {
    if (expr.kind !== "vector-selector" && expr.kind !== "subquery") return false;
    return expr.at !== null || expr.offsetMs !== 0 || expr.offsetExpr !== null;
  });
}
