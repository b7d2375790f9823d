/** Sets modifiers of a selector or subquery, reaching through a range selector to its selector. */
import type { Expr, Subquery, VectorSelector } from "./ast.ts";

type Modifiers = Partial<Pick<VectorSelector, "offsetMs" | "offsetExpr" | "at">>;

/** Returns a copy that ends at `end`. Anything but a selector or subquery comes back unchanged. */
export function withSelector(expr: Expr, modifiers: Modifiers, end: number): Expr {
  const pos = { start: expr.pos.start, end };
  switch (expr.kind) {
    case "vector-selector":
      return Object.freeze<VectorSelector>({ ...expr, ...modifiers, pos });
    case "subquery":
      return Object.freeze<Subquery>({ ...expr, ...modifiers, pos });
    case "matrix-selector": {
      const selector = Object.freeze<VectorSelector>({ ...expr.selector, ...modifiers });
      return Object.freeze({ ...expr, selector, pos });
    }
    default:
      return expr;
  }
}
