/** Argument lists of calls and aggregations. */
import type { Expr } from "./ast.ts";
import type { ParseContext } from "./parse-context.ts";
import { startsExpression } from "./starts-expression.ts";

export interface Arguments {
  readonly args: readonly Expr[];
  /** Where the closing parenthesis ends. */
  readonly end: number;
}

export function parseArguments(context: ParseContext): Arguments {
  context.expect("(");
  const args: Expr[] = [];
  if (!context.sees(")")) args.push(context.expression(context, 0));
  while (args.length > 0) {
    const comma = context.accept(",");
    if (comma === null) break;
    if (!startsExpression(context.peek())) {
      context.fail(comma, "trailing commas not allowed in function call args");
    }
    args.push(context.expression(context, 0));
  }
  const { end } = context.expect(")");
  return { args: Object.freeze(args), end };
}
