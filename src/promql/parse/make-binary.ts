/** Builds binary nodes: result type, matching between vectors, the default matching of set operators. */
import type { Binary, BinaryOp, Expr, SetOp, VectorMatching } from "./ast.ts";
import type { ParseContext } from "./parse-context.ts";
import { typeOf } from "./type-of.ts";

export interface WrittenModifiers {
  readonly returnBool: boolean;
  readonly matching: VectorMatching;
}

export function isSetOp(op: BinaryOp): op is SetOp {
  return op === "and" || op === "or" || op === "unless";
}

export function makeBinary(
  context: ParseContext,
  op: BinaryOp,
  left: Expr,
  right: Expr,
  written: WrittenModifiers,
): Binary {
  const { returnBool, matching } = written;
  const pos = { start: left.pos.start, end: right.pos.end };
  if (matching.fillLeft !== null || matching.fillRight !== null) {
    const reason = "binop fill modifiers are experimental and not enabled";
    context.requireFeature("fillModifiers", pos, reason);
  }
  const leftType = typeOf(left);
  const rightType = typeOf(right);
  const vectors = leftType === "vector" && rightType === "vector";
  const scalars = leftType === "scalar" && rightType === "scalar";
  const node: Binary = Object.freeze({
    kind: "binary",
    op,
    left,
    right,
    returnBool,
    resultType: scalars ? "scalar" : "vector",
    matching: vectors ? effective(op, matching) : null,
    pos,
  });
  context.writtenMatchings.set(node, matching);
  return node;
}

/** Set operators match any number on both sides unless told otherwise, which is then refused. */
function effective(op: BinaryOp, matching: VectorMatching): VectorMatching {
  if (!isSetOp(op) || matching.cardinality !== "one-to-one") return matching;
  return Object.freeze({ ...matching, cardinality: "many-to-many" });
}
