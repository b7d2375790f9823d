/** The entry point of the PromQL parser: text in, checked syntax tree out. */
import type { Expr } from "./ast.ts";
import type { Dialect } from "./dialect.ts";
import { tokenize } from "./tokenize.ts";
import { ParseContext } from "./parse-context.ts";
import { parseExpression } from "./parse-expression.ts";
import { DEFAULT_PARSE_OPTIONS, type ParseOptions } from "./parse-options.ts";
import { PROMQL_DIALECT } from "./promql-dialect.ts";
import { PromqlParseError } from "./promql-parse-error.ts";
import { shapeProblem } from "./shape-problem.ts";
import { checkTypes } from "./type-check.ts";

/** Throws `PromqlParseError`, never anything else, for text that is not a valid expression. */
export function parsePromql(
  text: string,
  options: ParseOptions = DEFAULT_PARSE_OPTIONS,
  dialect: Dialect = PROMQL_DIALECT,
): Expr {
  const context = new ParseContext(
    text,
    tokenize(text, dialect),
    options,
    dialect,
    parseExpression,
  );
  if (context.seesKind("end")) {
    throw new PromqlParseError(text, { start: 0, end: 0 }, "no expression found in input");
  }
  const expr = parseExpression(context, 0);
  if (!context.seesKind("end")) context.failUnexpected();
  const problem = shapeProblem(expr);
  if (problem !== null) throw new PromqlParseError(text, problem.pos, problem.reason);
  checkTypes(text, expr, context.writtenMatchings);
  return expr;
}
