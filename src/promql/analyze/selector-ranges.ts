/**
 * For each selector of a resolved query the span of time it has to read so that every step, range,
 * subquery and modifier around it finds its samples, and what is known about how they are used.
 */
import { assert } from "#base/assert.ts";
import type { Expr, Subquery, VectorSelector } from "../parse/ast.ts";
import { walkExpr } from "./walk-expr.ts";
import type { QueryWindow } from "./query-window.ts";

export interface SelectorRange {
  /** The node of the resolved tree itself: usable as a Map key. */
  readonly selector: VectorSelector;
  /** Inclusive bounds. */
  readonly minMs: number;
  readonly maxMs: number;
  /** 0 for an instant selector. */
  readonly rangeMs: number;
  /** Nearest function or aggregation around it with nothing but operators of one series between. */
  readonly func: string;
}

/** In the order of `extractSelectors`. */
export function selectorRanges(
  resolved: Expr,
  window: QueryWindow,
  lookbackMs: number,
): readonly SelectorRange[] {
  const ranges: SelectorRange[] = [];
  walkExpr(resolved, (expr, path) => {
    if (expr.kind !== "vector-selector") return;
    const parent = path.at(-1);
    const rangeMs = parent?.kind === "matrix-selector" ? parent.rangeMs : null;
    const bounds = boundsOf(expr, path, window, { lookbackMs, rangeMs });
    ranges.push({ selector: expr, ...bounds, rangeMs: rangeMs ?? 0, func: functionAround(path) });
  });
  return ranges;
}

interface Reach {
  readonly lookbackMs: number;
  /** Null for an instant selector. */
  readonly rangeMs: number | null;
}

interface Bounds {
  readonly minMs: number;
  readonly maxMs: number;
}

function boundsOf(
  selector: VectorSelector,
  path: readonly Expr[],
  window: QueryWindow,
  reach: Reach,
): Bounds {
  const { at, offsetMs, offsetExpr, edges } = selector;
  assert(offsetExpr === null, "selector ranges: unresolved offset");
  let { minMs, maxMs } = stepsAround(path, window);
  if (at !== null) {
    assert(at.kind === "time", () => `selector ranges: unresolved @ ${at.kind}`);
    minMs = maxMs = at.ms;
  }
  // The left end of a range and of the lookback is open: a sample exactly there does not count.
  minMs += 1 - (reach.rangeMs ?? reach.lookbackMs);
  if (reach.rangeMs !== null && edges !== "plain") minMs -= reach.lookbackMs;
  if (edges === "smoothed") maxMs += reach.lookbackMs;
  return { minMs: minMs - offsetMs, maxMs: maxMs - offsetMs };
}

/** First and last time the selector is evaluated at, by the steps of the query and subqueries. */
function stepsAround(path: readonly Expr[], { startMs, endMs }: QueryWindow): Bounds {
  let minMs = startMs;
  let maxMs = endMs;
  const subqueries = path.filter((expr): expr is Subquery => expr.kind === "subquery");
  for (const { at, offsetMs, rangeMs, rangeExpr } of subqueries) {
    assert(rangeExpr === null, "selector ranges: unresolved range");
    if (at?.kind === "time") minMs = maxMs = at.ms;
    minMs -= offsetMs + rangeMs;
    maxMs -= offsetMs;
  }
  return { minMs, maxMs };
}

function functionAround(path: readonly Expr[]): string {
  for (const expr of path.toReversed()) {
    if (expr.kind === "call") return expr.func.name;
    if (expr.kind === "aggregate") return expr.op;
    if (expr.kind === "binary") return "";
  }
  return "";
}
