/** The selectors of `match[]`: each one a plain instant selector, no range, offset or `@`. */
import { EngineError } from "#base/engine-error.ts";
import type { Matcher } from "#model/matcher.ts";
import type { Expr } from "#promql/parse/ast.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";
import { badParameter } from "./api-errors.ts";
import type { ApiParams } from "./api-params.ts";

const NAME = "match[]";

/** One list of matchers for each selector; empty when there is no `match[]`. */
export function parseMatchers(params: ApiParams): readonly (readonly Matcher[])[] {
  return params.all(NAME).map((text) => {
    const expr = parse(text);
    const isPlain =
      expr.kind === "vector-selector" &&
      expr.offsetMs === 0 &&
      expr.offsetExpr === null &&
      expr.at === null &&
      expr.edges === "plain";
    if (isPlain) return expr.matchers;
    throw badParameter(NAME, `got ${JSON.stringify(text)}, want a selector such as {job="a"}`);
  });
}

function parse(text: string): Expr {
  try {
    return parsePromql(text);
  } catch (error) {
    if (error instanceof EngineError) throw badParameter(NAME, error.message);
    throw error;
  }
}
