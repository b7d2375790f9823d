/** All vector selectors of a tree in the order they are written, those of range selectors included. */
import type { Expr, VectorSelector } from "../parse/ast.ts";
import { walkExpr } from "./walk-expr.ts";

export function extractSelectors(root: Expr): readonly VectorSelector[] {
  const selectors: VectorSelector[] = [];
  walkExpr(root, (expr) => {
    if (expr.kind === "vector-selector") selectors.push(expr);
  });
  return selectors;
}
