/** Series selectors on their own: `match[]` parameters, federation, deletion. */
import type { Matcher } from "#model/matcher.ts";
import { tokenize } from "./tokenize.ts";
import { matchesEmpty } from "./matches-empty.ts";
import { ParseContext } from "./parse-context.ts";
import { parseExpression } from "./parse-expression.ts";
import { ALL_PARSE_FEATURES } from "./parse-options.ts";
import { parseSelector } from "./parse-selector.ts";
import { PROMQL_DIALECT } from "./promql-dialect.ts";
import { startsSelector } from "./starts-expression.ts";

/** Throws `PromqlParseError` for anything but one selector with a matcher that is not empty. */
export function parseSeriesSelector(text: string): readonly Matcher[] {
  const tokens = tokenize(text, PROMQL_DIALECT);
  const context = new ParseContext(
    text,
    tokens,
    ALL_PARSE_FEATURES,
    PROMQL_DIALECT,
    parseExpression,
  );
  if (!startsSelector(context.peek())) context.failUnexpected();
  const { matchers, pos } = parseSelector(context);
  if (!context.seesKind("end")) context.failUnexpected();
  if (matchers.every(matchesEmpty)) {
    context.fail(pos, "match[] must contain at least one non-empty matcher");
  }
  return matchers;
}
