/**
 * The same query with every selector pinned to one time by `@`: evaluated at any other time it must
 * give the same answer. Selectors that have an `@` keep it, as does what a pinned subquery contains.
 */
import { mapOperands, mapSelector } from "../analyze/map-operands.ts";
import { walkExpr } from "../analyze/walk-expr.ts";
import type { AtModifier, Expr } from "../parse/ast.ts";

/** Functions whose answer depends on the evaluation time whatever their arguments are pinned to. */
const TIME_DEPENDENT: ReadonlySet<string> = new Set([
  "day_of_month",
  "day_of_week",
  "day_of_year",
  "days_in_month",
  "end",
  "hour",
  "minute",
  "month",
  "predict_linear",
  "range",
  "start",
  "step",
  "time",
  "timestamp",
  "year",
]);

/** Null when the query calls a function that makes this meaningless. */
export function pinSelectors(expr: Expr, timeMs: number): Expr | null {
  let pinnable = true;
  walkExpr(expr, (node) => {
    if (node.kind === "call" && TIME_DEPENDENT.has(node.func.name)) pinnable = false;
  });
  return pinnable ? pin(expr, { kind: "time", ms: timeMs }) : null;
}

function pin(expr: Expr, at: AtModifier): Expr {
  // A subquery that is pinned, already or now, is left alone inside.
  if (expr.kind === "subquery") return expr.at === null ? { ...expr, at } : expr;
  const pinned = mapSelector(expr, (selector) =>
    selector.at === null ? { ...selector, at } : selector,
  );
  return mapOperands(pinned, (operand) => pin(operand, at));
}
