/**
 * Range selectors `foo[5m]` and subqueries `expr[1h:1m]`, `expr[1h:]`. A range applies to a plain
 * selector only, so offset and `@` come after it; a subquery applies to anything here and the type
 * check decides. Lengths that are not literals stay expressions until the query is resolved.
 */
import type { DurationExpr, Expr, MatrixSelector, Pos, Subquery, VectorSelector } from "./ast.ts";
import { literalOf, secondsToMs } from "./duration-literal.ts";
import { parseDuration } from "./parse-duration.ts";
import type { Expectation, ParseContext } from "./parse-context.ts";
import type { Token } from "./token.ts";

const RANGE: Expectation = {
  where: "subquery or range selector",
  expected: "number, duration, step(), or range()",
};
const AFTER_RANGE: Expectation = { where: "subquery or range", expected: '":" or "]"' };
const STEP: Expectation = {
  where: "subquery selector",
  expected: 'number, duration, step(), range(), or "]"',
};
const AFTER_STEP: Expectation = { where: "subquery selector", expected: '"]"' };

/** A duration in brackets: in milliseconds when it is a literal. */
interface Length {
  readonly ms: number;
  readonly expr: DurationExpr | null;
}

export function parseBrackets(context: ParseContext, expr: Expr): MatrixSelector | Subquery {
  const open = context.take();
  const range = context.within(RANGE, () => parseLength(context));
  if (context.accept(":") !== null) return parseSubquery(context, expr, range);
  const close = context.accept("]") ?? context.failUnexpected(AFTER_RANGE);
  return makeRange(context, expr, range, open, close);
}

function makeRange(
  context: ParseContext,
  expr: Expr,
  range: Length,
  open: Token,
  close: Token,
): MatrixSelector {
  const brackets: Pos = { start: open.start, end: close.end };
  const selector = checkRangeOperand(context, expr, brackets);
  return Object.freeze({
    kind: "matrix-selector",
    selector,
    rangeMs: range.ms,
    rangeExpr: range.expr,
    pos: { start: expr.pos.start, end: close.end },
  });
}

function checkRangeOperand(context: ParseContext, expr: Expr, brackets: Pos): VectorSelector {
  if (expr.kind !== "vector-selector") {
    return context.fail(brackets, "ranges only allowed for vector selectors");
  }
  if (expr.offsetMs !== 0 || expr.offsetExpr !== null) {
    context.fail(brackets, "no offset modifiers allowed before range");
  }
  if (expr.at !== null) context.fail(brackets, "no @ modifiers allowed before range");
  return expr;
}

/** The colon has been read. */
function parseSubquery(context: ParseContext, expr: Expr, range: Length): Subquery {
  let step: Length | null = null;
  if (!context.sees("]")) step = context.within(STEP, () => parseStep(context));
  const close = context.accept("]") ?? context.failUnexpected(AFTER_STEP);
  return Object.freeze({
    kind: "subquery",
    expr,
    rangeMs: range.ms,
    rangeExpr: range.expr,
    stepMs: step === null || step.expr !== null ? null : step.ms,
    stepExpr: step?.expr ?? null,
    offsetMs: 0,
    offsetExpr: null,
    at: null,
    pos: { start: expr.pos.start, end: close.end },
  });
}

function parseLength(context: ParseContext): Length {
  const duration = parseDuration(context, 0);
  const literal = literalOf(duration);
  if (literal === null) return { ms: 0, expr: duration };
  if (literal.value <= 0) context.fail(duration.pos, "duration must be greater than 0");
  return { ms: secondsToMs(literal.value), expr: null };
}

/** Steps divide, so one below a millisecond is no step. */
function parseStep(context: ParseContext): Length {
  const { start } = context.peek();
  const step = parseLength(context);
  if (step.expr === null && step.ms === 0) {
    context.fail({ start, end: context.lastEnd }, "duration must be greater than 0");
  }
  return step;
}
