/**
 * Duration expressions: numbers, durations, `+ - * / % ^`, `step()`, `range()`, `min_of`, `max_of`,
 * parentheses. They stand in brackets and, in the shape `parse-offset.ts` allows, after `offset`.
 * Parentheses around a number leave no node, except around a negative one, whose sign would bind
 * differently without them.
 */
import type { DurationBinaryOp, DurationExpr, NumberLiteral, Pos } from "./ast.ts";
import { DURATION_SECONDS_MAX, literalOf } from "./duration-literal.ts";
import type { ParseContext } from "./parse-context.ts";
import { isNumberToken, parseNumber, withSign } from "./signed-number.ts";
import type { Token } from "./token.ts";

const PRECEDENCE: ReadonlyMap<string, number> = new Map([
  ["+", 1],
  ["-", 1],
  ["*", 2],
  ["/", 2],
  ["%", 2],
  ["^", 3],
]);
const SIGN_PRECEDENCE = 2;

/** Parses a duration expression whose operators bind tighter than `precedence`. */
export function parseDuration(context: ParseContext, precedence: number): DurationExpr {
  return context.within(null, () => {
    let left = parseOperand(context);
    for (let links = 1; ; links++) {
      const operator = context.peek();
      const level = PRECEDENCE.get(operator.word) ?? 0;
      if (level <= precedence) return left;
      context.limitDepth(links);
      context.take();
      const right = parseDuration(context, operator.word === "^" ? level - 1 : level);
      left = makeBinary(context, operator, left, right);
    }
  });
}

/** A number or a duration within the bounds of a duration. */
export function parseDurationLiteral(context: ParseContext): NumberLiteral {
  const number = parseNumber(context);
  checkBounds(context, number, number.pos);
  return number;
}

/** `step()`, `range()`, `min_of(a, b)` or `max_of(a, b)`, after `sign` if there was one. */
export function parseDurationCall(context: ParseContext, sign: Token | null): DurationExpr {
  const { word: name, start } = context.peek();
  if (name !== "step" && name !== "range" && name !== "min_of" && name !== "max_of") {
    return context.failUnexpected();
  }
  context.take();
  const args: DurationExpr[] = [];
  context.expect("(");
  if (name === "min_of" || name === "max_of") {
    args.push(parseDuration(context, 0));
    context.expect(",");
    args.push(parseDuration(context, 0));
  }
  const { end } = context.expect(")");
  const pos = { start, end };
  requireDurationExpressions(context, sign ?? pos);
  return Object.freeze({ kind: "duration-call", name, args: Object.freeze(args), pos });
}

/** Draws the sign into a number, parenthesized or not; a plus leaves other durations as they are. */
export function applySign(context: ParseContext, sign: Token, expr: DurationExpr): DurationExpr {
  const pos = { start: sign.start, end: expr.pos.end };
  const literal = literalOf(expr);
  if (literal === null) {
    return sign.word === "+" ? expr : Object.freeze({ kind: "duration-negation", expr, pos });
  }
  const signed = withSign(literal, sign.word === "-" ? "-" : "+", pos);
  checkBounds(context, signed, sign);
  return signed;
}

function parseOperand(context: ParseContext): DurationExpr {
  const token = context.peek();
  if (isNumberToken(token)) return parseDurationLiteral(context);
  if (token.kind === "preprocessor") return parseDurationCall(context, null);
  if (token.word === "(") return parseParentheses(context);
  const sign = context.accept("+") ?? context.accept("-") ?? context.failUnexpected();
  const expr = parseDuration(context, SIGN_PRECEDENCE);
  return applySign(context, sign, expr);
}

function parseParentheses(context: ParseContext): DurationExpr {
  const { start } = context.take();
  const expr = parseDuration(context, 0);
  const { end } = context.expect(")");
  requireDurationExpressions(context, expr.pos);
  return parenthesize(expr, { start, end });
}

export function parenthesize(expr: DurationExpr, pos: Pos): DurationExpr {
  if (expr.kind === "duration-paren") return expr;
  if (expr.kind === "number" && expr.value >= 0 && !Object.is(expr.value, -0)) return expr;
  return Object.freeze({ kind: "duration-paren", expr, pos });
}

function makeBinary(
  context: ParseContext,
  operator: Token,
  left: DurationExpr,
  right: DurationExpr,
): DurationExpr {
  requireDurationExpressions(context, left.pos);
  const op = operator.word as DurationBinaryOp;
  if ((op === "/" || op === "%") && literalOf(right)?.value === 0) {
    context.fail(operator, op === "/" ? "division by zero" : "modulo by zero");
  }
  const pos = { start: left.pos.start, end: right.pos.end };
  return Object.freeze({ kind: "duration-binary", op, left, right, pos });
}

function requireDurationExpressions(context: ParseContext, pos: Pos): void {
  const reason = "experimental duration expression is not enabled";
  context.requireFeature("durationExpressions", pos, reason);
}

function checkBounds(context: ParseContext, { value }: NumberLiteral, pos: Pos): void {
  // Written so that NaN fails as well.
  if (Math.abs(value) <= DURATION_SECONDS_MAX) return;
  context.fail(pos, "duration out of range");
}
