/** The modifiers `anchored` and `smoothed`, which say how a range treats its edges. */
import type { Expr, RangeEdges, VectorSelector } from "./ast.ts";
import type { ParseContext } from "./parse-context.ts";

export function parseEdges(context: ParseContext, expr: Expr): Expr {
  const token = context.take();
  const word = token.word === "anchored" ? "anchored" : "smoothed";
  const reason = `${word} modifier is experimental and not enabled`;
  context.requireFeature("extendedRangeSelectors", expr.pos, reason);
  const pos = { start: expr.pos.start, end: token.end };
  switch (expr.kind) {
    case "vector-selector":
      return Object.freeze({ ...withEdges(context, expr, expr, word), pos });
    case "matrix-selector": {
      const selector = withEdges(context, expr, expr.selector, word);
      return Object.freeze({ ...expr, selector, pos });
    }
    case "subquery":
      return context.fail(expr.pos, `${word} modifier is not supported for subqueries`);
    default:
      return context.fail(expr.pos, `${word} modifier not implemented`);
  }
}

function withEdges(
  context: ParseContext,
  whole: Expr,
  selector: VectorSelector,
  edges: RangeEdges,
): VectorSelector {
  if (selector.edges !== "plain" && selector.edges !== edges) {
    context.fail(whole.pos, "anchored and smoothed modifiers cannot be used together");
  }
  return Object.freeze({ ...selector, edges });
}
