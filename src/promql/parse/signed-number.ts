/** Number literals: from a token, and with the sign before them drawn in. */
import type { NumberLiteral, Pos } from "./ast.ts";
import { parseDurationText } from "./duration-text.ts";
import { numberValue } from "./number-value.ts";
import type { ParseContext } from "./parse-context.ts";
import type { Token } from "./token.ts";

export function isNumberToken(token: Token): boolean {
  return token.kind === "number" || token.kind === "duration";
}

/** Takes the next token, a number or a duration. A duration's value is in seconds. */
export function parseNumber(context: ParseContext): NumberLiteral {
  const token = context.take();
  const { start, end } = token;
  const isDuration = token.kind === "duration";
  return Object.freeze({
    kind: "number",
    value: valueOf(context, token),
    isDuration,
    pos: { start, end },
  });
}

/** An optional sign and a number; anything else is unexpected. */
export function parseSignedNumber(context: ParseContext): NumberLiteral {
  const sign = context.accept("+") ?? context.accept("-");
  if (!isNumberToken(context.peek())) context.failUnexpected();
  const number = parseNumber(context);
  if (sign === null) return number;
  return withSign(number, sign.word === "-" ? "-" : "+", {
    start: sign.start,
    end: number.pos.end,
  });
}

export function withSign(number: NumberLiteral, sign: "+" | "-", pos: Pos): NumberLiteral {
  const value = sign === "-" ? -number.value : number.value;
  return Object.freeze({ ...number, value, pos });
}

function valueOf(context: ParseContext, token: Token): number {
  if (token.kind === "number") {
    const parsed = numberValue(token.text);
    return parsed.ok ? parsed.value : context.fail(token, parsed.problem);
  }
  const parsed = parseDurationText(token.text);
  if (!parsed.ok) context.fail(token, parsed.problem);
  // Whole seconds and the rest apart, so that the sum rounds as it does upstream.
  return Math.floor(parsed.ms / 1000) + (parsed.ms % 1000) / 1000;
}
