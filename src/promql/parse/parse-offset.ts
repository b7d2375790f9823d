/**
 * The offset modifier. After `offset` a number, a signed number, a call or a signed parenthesis ends
 * the duration, so `foo offset 5m + bar` adds to the selector; an unsigned parenthesis goes on with
 * operators, so `foo offset (5m) + 1m` is one duration. This follows the grammar of Prometheus.
 */
import type { DurationExpr, Expr } from "./ast.ts";
import { literalOf, secondsToMs } from "./duration-literal.ts";
import {
  applySign,
  parenthesize,
  parseDuration,
  parseDurationCall,
  parseDurationLiteral,
} from "./parse-duration.ts";
import type { Expectation, ParseContext } from "./parse-context.ts";
import { withSelector } from "./with-selector.ts";
import { isNumberToken, parseNumber } from "./signed-number.ts";
import type { Token } from "./token.ts";

const OFFSET: Expectation = { where: "offset", expected: "number, duration, step(), or range()" };

export function parseOffset(context: ParseContext, expr: Expr): Expr {
  context.take();
  const duration = context.within(OFFSET, () => parseOffsetDuration(context));
  const literal = literalOf(duration);
  const offset =
    literal === null
      ? { offsetMs: 0, offsetExpr: duration }
      : { offsetMs: secondsToMs(literal.value), offsetExpr: null };
  const target = expr.kind === "matrix-selector" ? expr.selector : expr;
  if (target.kind !== "vector-selector" && target.kind !== "subquery") {
    context.fail(
      expr.pos,
      "offset modifier must be preceded by an instant vector selector or range vector selector " +
        "or a subquery",
    );
  }
  if (target.offsetMs !== 0 || target.offsetExpr !== null) {
    context.fail(expr.pos, "offset may not be set multiple times");
  }
  return withSelector(expr, offset, context.lastEnd);
}

function parseOffsetDuration(context: ParseContext): DurationExpr {
  const token = context.peek();
  if (token.word === "+" || token.word === "-") {
    const next = context.peekSecond();
    if (next.word === "+" || next.word === "-") return parseWhole(context);
    const sign = context.take();
    const expr = context.sees("(") ? parseParentheses(context) : parseUnsigned(context, sign);
    return applySign(context, sign, expr);
  }
  return token.word === "(" ? parseWhole(context) : parseUnsigned(context, null);
}

function parseUnsigned(context: ParseContext, sign: Token | null): DurationExpr {
  const token = context.peek();
  if (isNumberToken(token)) {
    // With its sign drawn in the number is checked again, and blamed on the sign.
    return sign === null ? parseDurationLiteral(context) : parseNumber(context);
  }
  if (token.kind !== "preprocessor") context.failUnexpected();
  return parseDurationCall(context, sign);
}

function parseParentheses(context: ParseContext): DurationExpr {
  const { start } = context.take();
  const expr = parseDuration(context, 0);
  const { end } = context.expect(")");
  return parenthesize(expr, { start, end });
}

/** Puts parentheses where leaving them out would end the duration early when it is read again. */
function parseWhole(context: ParseContext): DurationExpr {
  const expr = parseDuration(context, 0);
  const opens = firstOperand(expr).kind === "duration-paren";
  return expr.kind === "duration-binary" && !opens ? parenthesize(expr, expr.pos) : expr;
}

function firstOperand(expr: DurationExpr): DurationExpr {
  let first = expr;
  while (first.kind === "duration-binary") first = first.left;
  return first;
}
