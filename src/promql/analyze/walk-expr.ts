/** Visits every expression of a tree, parents first, each with the path of expressions above it. */
import type { Expr } from "../parse/ast.ts";

/** `path` is reused: copy it to keep it. Duration expressions are not visited. */
export type ExprVisitor = (expr: Expr, path: readonly Expr[]) => void;

export function walkExpr(root: Expr, visit: ExprVisitor): void {
  const path: Expr[] = [];
  const walk = (expr: Expr): void => {
    visit(expr, path);
    path.push(expr);
    for (const child of operandsOf(expr)) walk(child);
    path.pop();
  };
  walk(root);
}

function operandsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "number":
    case "string":
    case "vector-selector":
      return [];
    case "matrix-selector":
      return [expr.selector];
    case "call":
      return expr.args;
    case "aggregate":
      return expr.param === null ? [expr.expr] : [expr.param, expr.expr];
    case "binary":
      return [expr.left, expr.right];
    case "subquery":
    case "unary":
    case "paren":
    case "step-invariant":
      return [expr.expr];
  }
}
