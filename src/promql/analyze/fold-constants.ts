/**
 * Computes scalar operators between literals ahead of time. The arithmetic is the engine's own,
 * handed in, so a folded query gives the same bits as an evaluated one.
 */
import type { BinaryOp, Expr, NumberLiteral } from "../parse/ast.ts";
import { mapOperands } from "./map-operands.ts";

export type ScalarArithmetic = (op: BinaryOp, left: number, right: number) => number;

export function foldConstants(expr: Expr, arithmetic: ScalarArithmetic): Expr {
  const folded = mapOperands(expr, (operand) => foldConstants(operand, arithmetic));
  if (folded.kind === "paren" && folded.expr.kind === "number") {
    return number(folded, folded.expr.value);
  }
  if (folded.kind === "unary" && folded.expr.kind === "number") {
    return number(folded, folded.op === "-" ? -folded.expr.value : folded.expr.value);
  }
  if (folded.kind !== "binary") return folded;
  const { op, left, right } = folded;
  if (left.kind !== "number" || right.kind !== "number") return folded;
  return number(folded, arithmetic(op, left.value, right.value));
}

function number({ pos }: Expr, value: number): NumberLiteral {
  return Object.freeze({ kind: "number", value, isDuration: false, pos });
}
