/**
 * The value of a duration expression over the window of a query: `step()` and `range()` are known
 * only then. Works in seconds as written and gives whole milliseconds. Errors carry the position of
 * the expression in the query text.
 */
import type { DurationBinaryOp, DurationExpr, Pos } from "../parse/ast.ts";
import { DURATION_SECONDS_MAX } from "../parse/duration-literal.ts";
import { PromqlParseError } from "../parse/promql-parse-error.ts";
import type { QueryWindow } from "./query-window.ts";

export interface DurationContext {
  readonly window: QueryWindow;
  /** The query text, for errors. */
  readonly text: string;
}

/** Milliseconds, cut towards zero. Throws when the value is not finite or not above 0. */
export function positiveDurationMs(expr: DurationExpr, context: DurationContext): number {
  const seconds = finiteSeconds(expr, context);
  if (seconds <= 0) fail(context, expr.pos, "duration must be greater than 0");
  return toMs(seconds);
}

/** Like `positiveDurationMs`, for offsets, which may point anywhere. */
export function anyDurationMs(expr: DurationExpr, context: DurationContext): number {
  return toMs(finiteSeconds(expr, context));
}

function toMs(seconds: number): number {
  return Math.trunc(seconds * 1000) + 0;
}

function finiteSeconds(expr: DurationExpr, context: DurationContext): number {
  const seconds = secondsOf(expr, context);
  if (!Number.isFinite(seconds)) fail(context, expr.pos, "duration is NaN or infinite");
  if (Math.abs(seconds) > DURATION_SECONDS_MAX) fail(context, expr.pos, "duration is out of range");
  return seconds;
}

function secondsOf(expr: DurationExpr, context: DurationContext): number {
  switch (expr.kind) {
    case "number":
      return expr.value;
    case "duration-paren":
      return secondsOf(expr.expr, context);
    case "duration-negation":
      return -secondsOf(expr.expr, context);
    case "duration-call":
      return callSeconds(expr.name, expr.args, context);
    case "duration-binary": {
      const left = secondsOf(expr.left, context);
      const right = secondsOf(expr.right, context);
      if (right === 0 && expr.op === "/") fail(context, expr.pos, "division by zero");
      if (right === 0 && expr.op === "%") fail(context, expr.pos, "modulo by zero");
      return binarySeconds(expr.op, left, right);
    }
  }
}

function callSeconds(
  name: "step" | "range" | "min_of" | "max_of",
  args: readonly DurationExpr[],
  context: DurationContext,
): number {
  const { startMs, endMs, stepMs } = context.window;
  switch (name) {
    case "step":
      return stepMs / 1000;
    case "range":
      return (endMs - startMs) / 1000;
    case "min_of":
      return Math.min(...args.map((arg) => secondsOf(arg, context)));
    case "max_of":
      return Math.max(...args.map((arg) => secondsOf(arg, context)));
  }
}

function binarySeconds(op: DurationBinaryOp, left: number, right: number): number {
  switch (op) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
    case "^":
      return left ** right;
  }
}

function fail(context: DurationContext, pos: Pos, reason: string): never {
  throw new PromqlParseError(context.text, pos, reason);
}
