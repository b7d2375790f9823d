/**
 * Turns a parsed query into the tree the engine evaluates over a given window: `start()`, `end()`,
 * `range()` and `step()` become numbers, duration expressions milliseconds, `@ start()` and
 * `@ end()` times; parentheses go, and what is the same at every step is marked. The result has no
 * `...Expr` that is not null, no `paren`, and `@` only as a time. Pure; positions stay those of the
 * text.
 */
import type { Expr } from "../parse/ast.ts";
import { foldContextCalls } from "./fold-context-calls.ts";
import { markStepInvariant } from "./mark-step-invariant.ts";
import type { QueryWindow } from "./query-window.ts";
import { resolveSelectors } from "./resolve-selectors.ts";

/** Throws `PromqlParseError` when a duration comes out as none over this window. */
export function resolveQuery(expr: Expr, window: QueryWindow, text: string): Expr {
  return markStepInvariant(resolveSelectors(foldContextCalls(expr, window), window, text));
}
