/** The direct children of a node in the order they are written; duration expressions included. */
import type { DurationExpr, Expr } from "./ast.ts";

export type Node = Expr | DurationExpr;

const NONE: readonly Node[] = [];

export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case "number":
    case "string":
      return NONE;
    case "vector-selector":
      return present([node.offsetExpr]);
    case "matrix-selector":
      return present([node.selector, node.rangeExpr]);
    case "subquery":
      return present([node.expr, node.rangeExpr, node.stepExpr, node.offsetExpr]);
    case "call":
    case "duration-call":
      return node.args;
    case "aggregate":
      return present([node.param, node.expr]);
    case "binary":
    case "duration-binary":
      return [node.left, node.right];
    case "unary":
    case "paren":
    case "step-invariant":
    case "duration-negation":
    case "duration-paren":
      return [node.expr];
  }
}

function present(nodes: readonly (Node | null)[]): readonly Node[] {
  return nodes.filter((node) => node !== null);
}
