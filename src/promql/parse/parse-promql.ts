/** The entry point of the PromQL parser: text in, checked syntax tree out. */
import type { Expr } from "./ast.ts";
import { DEFAULT_PARSE_OPTIONS, type ParseOptions } from "./parse-options.ts";
import { PromqlParseError } from "./promql-parse-error.ts";

/** Throws `PromqlParseError`, never anything else, for text that is not a valid expression. */
export function parsePromql(text: string, options: ParseOptions = DEFAULT_PARSE_OPTIONS): Expr {
  void options;
  throw new PromqlParseError(text, { start: 0, end: text.length }, "no expression found in input");
}
