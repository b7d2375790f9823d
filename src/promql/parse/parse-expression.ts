/**
 * Whole expressions by precedence climbing: operands with their modifiers, unary signs, binary
 * operators. `parse-promql.ts` hands `parseExpression` to the context, through which the other files
 * come back here.
 */
import type { BinaryOp, Expr } from "./ast.ts";
import { makeBinary } from "./make-binary.ts";
import { parseMatching } from "./parse-matching.ts";
import { parseModifiers } from "./parse-modifiers.ts";
import { parseOperand } from "./parse-operand.ts";
import type { ParseContext } from "./parse-context.ts";
import { withSign } from "./signed-number.ts";

const LEVELS: readonly (readonly BinaryOp[])[] = [
  ["or"],
  ["and", "unless"],
  ["==", "!=", "<=", "<", ">=", ">", "</", ">/"],
  ["+", "-"],
  ["*", "/", "%", "atan2"],
  ["^"],
];

/** 1 binds loosest. */
const PRECEDENCE: ReadonlyMap<string, number> = new Map(
  LEVELS.flatMap((operators, level) => operators.map((operator) => [operator, level + 1] as const)),
);

/** A sign binds like `*`: `-a ^ b` is `-(a ^ b)`, `-a * b` is `(-a) * b`. */
const SIGN_PRECEDENCE = 5;

/** Parses an expression whose operators all bind tighter than `precedence`. */
export function parseExpression(context: ParseContext, precedence: number): Expr {
  return context.within(null, () => {
    let left = parseSigned(context);
    for (let links = 1; ; links++) {
      const { kind, word } = context.peek();
      const level = kind === "operator" ? (PRECEDENCE.get(word) ?? 0) : 0;
      if (level <= precedence) return left;
      context.limitDepth(links);
      context.take();
      const written = parseMatching(context);
      // `^` is the one operator that groups to the right.
      const right = parseExpression(context, word === "^" ? level - 1 : level);
      left = makeBinary(context, word as BinaryOp, left, right, written);
    }
  });
}

function parseSigned(context: ParseContext): Expr {
  const sign = context.accept("+") ?? context.accept("-");
  if (sign === null) return parseModifiers(context, parseOperand(context));
  const expr = parseExpression(context, SIGN_PRECEDENCE);
  const op = sign.word === "-" ? "-" : "+";
  const pos = { start: sign.start, end: expr.pos.end };
  if (expr.kind === "number") return withSign(expr, op, pos);
  return Object.freeze({ kind: "unary", op, expr, pos });
}
