/**
 * Two left operands would run into the operator after them when read back. `Inf` is printed `+Inf`,
 * whose sign would apply to a whole power. An offset in parentheses goes on at an arithmetic
 * operator (see `parse-offset.ts`) unless it has a sign, so it gets one.
 */
import type { Binary, DurationExpr, Expr } from "./ast.ts";
import { printDuration } from "./print-duration.ts";

const DURATION_OPERATORS = new Set(["+", "-", "*", "/", "%", "^"]);

/** `text` is the left operand of `binary` in print, on one line or on many. */
export function protectLeft(text: string, { op, left }: Binary): string {
  if (op === "^" && left.kind === "number") return text.replace(/\+Inf$/, "Inf");
  if (!DURATION_OPERATORS.has(op)) return text;
  const offset = trailingOffset(left);
  if (offset?.kind !== "duration-paren") return text;
  const printed = printDuration(offset);
  return `${text.slice(0, -printed.length)}+${printed}`;
}

/** The offset expression the print of `expr` ends with, if it does. */
function trailingOffset(expr: Expr): DurationExpr | null {
  switch (expr.kind) {
    case "vector-selector":
    case "subquery":
      return expr.offsetExpr;
    case "matrix-selector":
      return expr.selector.offsetExpr;
    case "binary":
      return trailingOffset(expr.right);
    case "unary":
    case "step-invariant":
      return trailingOffset(expr.expr);
    default:
      return null;
  }
}
