/**
 * Computes the durations and times of selectors and subqueries over the window of a query. Makes new
 * nodes only where something changed; a range selector's modifiers live in its selector. Called by
 * `resolve-query.ts` alone.
 */
import type { AtModifier, DurationExpr, Expr, MatrixSelector, Subquery } from "../parse/ast.ts";
import { PromqlParseError } from "../parse/promql-parse-error.ts";
import { anyDurationMs, positiveDurationMs, type DurationContext } from "./duration-value.ts";
import { mapOperands, mapSelector } from "./map-operands.ts";
import type { QueryWindow } from "./query-window.ts";

/** Afterwards every `...Expr` is null and every `@` a time. */
export function resolveSelectors(expr: Expr, window: QueryWindow, text: string): Expr {
  const context: DurationContext = { window, text };
  const resolve = (node: Expr): Expr => {
    switch (node.kind) {
      case "vector-selector":
        return resolveModifiers(node, context);
      case "matrix-selector":
        return resolveRange(node, context);
      case "subquery":
        return resolveSubquery(node, context, resolve);
      default:
        return mapOperands(node, resolve);
    }
  };
  return resolve(expr);
}

interface Modified {
  readonly offsetMs: number;
  readonly offsetExpr: DurationExpr | null;
  readonly at: AtModifier | null;
}

function resolveModifiers<T extends Modified>(node: T, context: DurationContext): T {
  const { offsetExpr, at } = node;
  if (offsetExpr === null && (at === null || at.kind === "time")) return node;
  const offsetMs = offsetExpr === null ? node.offsetMs : anyDurationMs(offsetExpr, context);
  return Object.freeze({ ...node, offsetMs, offsetExpr: null, at: resolveAt(at, context.window) });
}

function resolveAt(at: AtModifier | null, { startMs, endMs }: QueryWindow): AtModifier | null {
  if (at === null || at.kind === "time") return at;
  return Object.freeze({ kind: "time", ms: at.kind === "start" ? startMs : endMs });
}

function resolveRange(node: MatrixSelector, context: DurationContext): Expr {
  const { rangeExpr } = node;
  const modified = mapSelector(node, (selector) => resolveModifiers(selector, context));
  if (rangeExpr === null || modified.kind !== "matrix-selector") return modified;
  const rangeMs = positiveDurationMs(rangeExpr, context);
  return Object.freeze({ ...modified, rangeMs, rangeExpr: null });
}

function resolveSubquery(
  node: Subquery,
  context: DurationContext,
  resolve: (operand: Expr) => Expr,
): Expr {
  const { rangeExpr, stepExpr } = node;
  const rangeMs = rangeExpr === null ? node.rangeMs : positiveDurationMs(rangeExpr, context);
  const stepMs = stepExpr === null ? node.stepMs : positiveDurationMs(stepExpr, context);
  if (stepMs === 0) {
    const pos = stepExpr?.pos ?? node.pos;
    throw new PromqlParseError(context.text, pos, "duration must be greater than 0");
  }
  const expr = resolve(node.expr);
  const lengths = { expr, rangeMs, rangeExpr: null, stepMs, stepExpr: null };
  return Object.freeze({ ...resolveModifiers(node, context), ...lengths });
}
