/** Replaces calls that only depend on the window of the query by their value, and drops parentheses. */
import type { Call, Expr } from "../parse/ast.ts";
import { mapOperands } from "./map-operands.ts";
import type { QueryWindow } from "./query-window.ts";

export function foldContextCalls(expr: Expr, window: QueryWindow): Expr {
  if (expr.kind === "paren") return foldContextCalls(expr.expr, window);
  const value = expr.kind === "call" ? contextValue(expr, window) : null;
  if (value !== null) {
    return Object.freeze({ kind: "number", value, isDuration: false, pos: expr.pos });
  }
  return mapOperands(expr, (operand) => foldContextCalls(operand, window));
}

/** Seconds, or null for every other function. */
function contextValue({ func }: Call, { startMs, endMs, stepMs }: QueryWindow): number | null {
  switch (func.name) {
    case "start":
      return startMs / 1000;
    case "end":
      return endMs / 1000;
    case "range":
      return (endMs - startMs) / 1000;
    case "step":
      return startMs === endMs ? 0 : stepMs / 1000;
    default:
      return null;
  }
}
