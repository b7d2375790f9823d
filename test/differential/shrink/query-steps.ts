/**
 * Smaller forms of a query: parts instead of the whole, modifiers and labels left out. All of them
 * parse and are shorter than the query, so shrinking ends.
 */
import { mapOperands, mapSelector } from "#promql/analyze/map-operands.ts";
import { walkExpr } from "#promql/analyze/walk-expr.ts";
import type { Expr, VectorSelector } from "#promql/parse/ast.ts";
import { childrenOf } from "#promql/parse/children-of.ts";
import { ALL_PARSE_FEATURES } from "#promql/parse/parse-options.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";
import { printPromql } from "#promql/parse/print.ts";
import { typeOf } from "#promql/parse/type-of.ts";

/** Shorter queries that still parse, the shortest first. */
export function smallerQueries(text: string, isInstant: boolean): string[] {
  const root = parsePromql(text, ALL_PARSE_FEATURES);
  const found = new Set<string>();
  walkExpr(root, (part) => {
    if (isRoot(part, isInstant)) found.add(printPromql(part));
    for (const other of smallerParts(part)) found.add(printPromql(replaced(root, part, other)));
  });
  found.delete(printPromql(root));
  return [...found]
    .filter((one) => one.length < text.length && parses(one))
    .sort((a, b) => a.length - b.length);
}

/** The query with every `@` time moved. */
export function movedQuery(text: string, byMs: number): string {
  const move = (selector: VectorSelector): VectorSelector =>
    selector.at?.kind === "time"
      ? { ...selector, at: { kind: "time", ms: selector.at.ms + byMs } }
      : selector;
  const walk = (expr: Expr): Expr => {
    const inner = mapSelector(mapOperands(expr, walk), move);
    if (inner.kind !== "subquery" || inner.at?.kind !== "time") return inner;
    return { ...inner, at: { kind: "time", ms: inner.at.ms + byMs } };
  };
  return printPromql(walk(parsePromql(text, ALL_PARSE_FEATURES)));
}

function isRoot(expr: Expr, isInstant: boolean): boolean {
  const type = typeOf(expr);
  return type === "scalar" || type === "vector" || (type === "matrix" && isInstant);
}

function parses(text: string): boolean {
  try {
    parsePromql(text, ALL_PARSE_FEATURES);
    return true;
  } catch {
    return false;
  }
}

function smallerParts(part: Expr): Expr[] {
  const same = childrenOf(part).filter(
    (child): child is Expr => isExpr(child) && typeOf(child) === typeOf(part),
  );
  switch (part.kind) {
    case "vector-selector":
      return smallerSelectors(part);
    case "matrix-selector":
      return smallerSelectors(part.selector).map((selector) => ({ ...part, selector }));
    case "subquery":
      return [
        { ...part, offsetMs: 0, offsetExpr: null },
        { ...part, at: null },
      ];
    case "aggregate":
      return [...same, ...without(part.grouping).map((grouping) => ({ ...part, grouping }))];
    case "binary":
      return [...same, ...(part.returnBool ? [{ ...part, returnBool: false }] : [])];
    default:
      return same;
  }
}

function smallerSelectors(selector: VectorSelector): VectorSelector[] {
  return [
    { ...selector, offsetMs: 0, offsetExpr: null },
    { ...selector, at: null },
    { ...selector, edges: "plain" },
    ...without(selector.matchers).map((matchers) => ({ ...selector, matchers })),
  ];
}

/** The list without each of its items in turn. */
function without<Item>(items: readonly Item[]): Item[][] {
  return items.map((_, at) => items.toSpliced(at, 1));
}

function isExpr(node: { readonly kind: string }): node is Expr {
  return !node.kind.startsWith("duration-");
}

function replaced(root: Expr, part: Expr, other: Expr): Expr {
  if (root === part) return other;
  return mapOperands(root, (operand) => replaced(operand, part, other));
}
