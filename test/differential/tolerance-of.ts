/** How close the values of a query's answer must come to the reference's: wide where it says so. */
import type { Expr } from "#promql/parse/ast.ts";
import type { Tolerance } from "./answers/compare-answers.ts";
import { someExpr } from "./rules/query-traits.ts";

/** Rounding of long sums and products. */
const NARROW: Tolerance = { share: 1e-9, absolute: 1e-300 };
/** Differences of nearly equal numbers are squared or divided here; of equal ones nothing is left. */
const WIDE: Tolerance = { share: 1e-6, absolute: 1e-12 };
/** The last digit is the library's; what a difference of two leaves of it has no digit in common. */
const ROUNDED: Tolerance = { share: NARROW.share, absolute: WIDE.absolute };
const ROUNDED_CALLS = new Set([
  ...["acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "sin", "sinh", "tan"],
  ...["tanh", "exp", "ln", "log10", "log2", "deg", "rad"],
]);
const WIDE_CALLS = new Set([
  ...["stddev_over_time", "stdvar_over_time", "deriv", "predict_linear"],
  ...["histogram_stddev", "histogram_stdvar", "double_exponential_smoothing"],
]);
const WIDE_AGGREGATIONS = new Set(["stddev", "stdvar"]);

export function toleranceOf(root: Expr): Tolerance {
  const isWide = someExpr(
    root,
    (expr) =>
      (expr.kind === "call" && WIDE_CALLS.has(expr.func.name)) ||
      (expr.kind === "aggregate" && WIDE_AGGREGATIONS.has(expr.op)),
  );
  if (isWide) return WIDE;
  const isRounded = someExpr(
    root,
    (expr) =>
      (expr.kind === "call" && ROUNDED_CALLS.has(expr.func.name)) ||
      (expr.kind === "binary" && (expr.op === "atan2" || expr.op === "^")),
  );
  return isRounded ? ROUNDED : NARROW;
}
