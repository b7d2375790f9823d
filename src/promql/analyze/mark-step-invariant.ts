/**
 * Wraps the largest subtrees that give the same result at every step (everything in them is pinned by
 * `@` or constant) in `step-invariant`, so the engine evaluates them once. Literals and range vectors
 * are never wrapped themselves: the function around a range vector reads it directly.
 */
import type { Call, Expr, StepInvariant } from "../parse/ast.ts";
import { mapOperands } from "./map-operands.ts";

/** Functions whose result depends on the step even when their arguments do not. */
const STEP_DEPENDENT: ReadonlySet<string> = new Set(
  (
    "days_in_month day_of_month day_of_week day_of_year end hour minute month year " +
    "predict_linear range start step time timestamp"
  ).split(" "),
);

export function markStepInvariant(expr: Expr): Expr {
  return wrapIfInvariant(mark(expr));
}

interface Marked {
  readonly expr: Expr;
  readonly isInvariant: boolean;
}

/** Marks inside `expr` unless it is invariant as a whole. */
function mark(expr: Expr): Marked {
  switch (expr.kind) {
    case "number":
    case "string":
    case "step-invariant":
      return { expr, isInvariant: true };
    case "vector-selector":
      return { expr, isInvariant: expr.at !== null };
    case "matrix-selector":
      return { expr, isInvariant: expr.selector.at !== null };
    case "subquery": {
      // The inner expression runs on the subquery's own steps, whatever pins the subquery.
      const inner = wrapIfInvariant(mark(expr.expr));
      return { expr: mapOperands(expr, () => inner), isInvariant: expr.at !== null };
    }
    case "call":
    case "aggregate":
    case "binary":
    case "unary":
    case "paren":
      return markOperands(expr);
  }
}

function markOperands(expr: Expr): Marked {
  const marked = new Map<Expr, Marked>();
  const inner = mapOperands(expr, (operand) => {
    const result = mark(operand);
    marked.set(result.expr, result);
    return result.expr;
  });
  const allInvariant = [...marked.values()].every((operand) => operand.isInvariant);
  if (allInvariant && !(expr.kind === "call" && dependsOnStep(expr))) {
    return { expr: inner, isInvariant: true };
  }
  const wrapped = mapOperands(inner, (operand) => wrapIfInvariant(marked.get(operand)!));
  return { expr: wrapped, isInvariant: false };
}

/** `timestamp(foo @ 5)` reads the sample's own time; of anything computed it gives the step's. */
function dependsOnStep({ func, args }: Call): boolean {
  if (func.name === "timestamp") return args[0]?.kind !== "vector-selector";
  return STEP_DEPENDENT.has(func.name);
}

function wrapIfInvariant({ expr, isInvariant }: Marked): Expr {
  if (!isInvariant) return expr;
  switch (expr.kind) {
    case "number":
    case "string":
    case "matrix-selector":
    case "subquery":
    case "step-invariant":
      return expr;
    default:
      return Object.freeze<StepInvariant>({ kind: "step-invariant", expr, pos: expr.pos });
  }
}
