/** Operands: literals, parentheses, selectors, calls, aggregations; told apart by two tokens. */
import type { Expr } from "./ast.ts";
import { parseAggregation } from "./parse-aggregation.ts";
import { parseCall } from "./parse-call.ts";
import type { ParseContext } from "./parse-context.ts";
import { parseSelector } from "./parse-selector.ts";
import { parseNumber } from "./signed-number.ts";
import { startsExpression } from "./starts-expression.ts";
import { stringValue } from "./string-value.ts";

export function parseOperand(context: ParseContext): Expr {
  const token = context.peek();
  const called = context.peekSecond().word === "(";
  switch (token.kind) {
    case "number":
    case "duration":
      return parseNumber(context);
    case "string":
      context.take();
      return Object.freeze({
        kind: "string",
        value: stringValue(token.text),
        pos: { start: token.start, end: token.end },
      });
    case "aggregation":
      return startsAggregation(context) ? parseAggregation(context) : parseSelector(context);
    case "identifier":
    case "preprocessor":
      return called ? parseCall(context) : parseSelector(context);
    default:
      if (token.word === "(") return parseParentheses(context);
      return startsExpression(token) ? parseSelector(context) : context.failUnexpected();
  }
}

function startsAggregation(context: ParseContext): boolean {
  const { word } = context.peekSecond();
  return word === "(" || word === "by" || word === "without";
}

function parseParentheses(context: ParseContext): Expr {
  const { start } = context.take();
  const expr = context.expression(context, 0);
  const { end } = context.expect(")");
  return Object.freeze({ kind: "paren", expr, pos: { start, end } });
}
