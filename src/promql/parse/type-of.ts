/** The type an expression evaluates to. Its shape alone decides; the type check says if it may. */
import type { Expr, ValueType } from "./ast.ts";

export function typeOf(expr: Expr): ValueType {
  let inner = expr;
  while (inner.kind === "paren" || inner.kind === "unary" || inner.kind === "step-invariant") {
    inner = inner.expr;
  }
  switch (inner.kind) {
    case "number":
      return "scalar";
    case "string":
      return "string";
    case "vector-selector":
    case "aggregate":
      return "vector";
    case "matrix-selector":
    case "subquery":
      return "matrix";
    case "call":
      return inner.func.returnType;
    case "binary":
      return inner.resultType;
  }
}

/** The name of a type in messages to users. */
export function typeName(type: ValueType): string {
  if (type === "vector") return "instant vector";
  return type === "matrix" ? "range vector" : type;
}
