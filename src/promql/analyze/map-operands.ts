/** Rebuilds a node around changed operands. A node whose operands stay the same stays itself. */
import type { Expr, VectorSelector } from "../parse/ast.ts";

/** Range selectors keep their selector: it is part of them, not an operand. */
export function mapOperands(expr: Expr, map: (operand: Expr) => Expr): Expr {
  switch (expr.kind) {
    case "number":
    case "string":
    case "vector-selector":
    case "matrix-selector":
      return expr;
    case "subquery":
    case "unary":
    case "paren":
    case "step-invariant": {
      const inner = map(expr.expr);
      return inner === expr.expr ? expr : Object.freeze({ ...expr, expr: inner });
    }
    case "call": {
      const args = expr.args.map(map);
      const same = args.every((arg, index) => arg === expr.args[index]);
      return same ? expr : Object.freeze({ ...expr, args: Object.freeze(args) });
    }
    case "aggregate": {
      const param = expr.param === null ? null : map(expr.param);
      const inner = map(expr.expr);
      const same = inner === expr.expr && param === expr.param;
      return same ? expr : Object.freeze({ ...expr, param, expr: inner });
    }
    case "binary": {
      const left = map(expr.left);
      const right = map(expr.right);
      const same = left === expr.left && right === expr.right;
      return same ? expr : Object.freeze({ ...expr, left, right });
    }
  }
}

/** Applies `map` to the selector of an instant or range selector; other nodes stay themselves. */
export function mapSelector(expr: Expr, map: (selector: VectorSelector) => VectorSelector): Expr {
  if (expr.kind === "vector-selector") return map(expr);
  if (expr.kind !== "matrix-selector") return expr;
  const selector = map(expr.selector);
  return selector === expr.selector ? expr : Object.freeze({ ...expr, selector });
}
