/**
 * Vector selectors: a metric name, braces with matchers, or both. Label names and the metric name may
 * be quoted inside the braces. Regular expressions are compiled here once, so that a bad one is an
 * error of the query and not of its evaluation.
 */
import type { Matcher, MatcherKind } from "#model/matcher.ts";
import { METRIC_NAME } from "#model/labels.ts";
import type { Pos, VectorSelector } from "./ast.ts";
import { regexProblem } from "./regex-problem.ts";
import type { Expectation, ParseContext } from "./parse-context.ts";
import { stringValue } from "./string-value.ts";
import type { Token } from "./token.ts";

const WHERE = "label matching";
const MATCHER: Expectation = { where: WHERE, expected: 'identifier or "}"' };
const OPERATOR: Expectation = { where: WHERE, expected: "label matching operator" };
const VALUE: Expectation = { where: WHERE, expected: "string" };
const NEXT: Expectation = { where: WHERE, expected: '"," or "}"' };

const MATCHER_KINDS: ReadonlySet<string> = new Set<MatcherKind>(["=", "!=", "=~", "!~"]);

/** The next token is a name (reserved words included) or the opening brace. */
export function parseSelector(context: ParseContext): VectorSelector {
  const first = context.peek();
  const name = first.word === "{" ? "" : context.take().text;
  const matchers = context.sees("{") ? parseMatchers(context) : [];
  if (name !== "") matchers.push(matcher("=", METRIC_NAME, name));
  const pos: Pos = { start: first.start, end: context.lastEnd };
  return Object.freeze({
    kind: "vector-selector",
    name,
    matchers: Object.freeze(matchers),
    offsetMs: 0,
    offsetExpr: null,
    at: null,
    edges: "plain",
    pos,
  });
}

/** A comma may follow the last matcher. */
function parseMatchers(context: ParseContext): Matcher[] {
  context.take();
  const matchers: Matcher[] = [];
  while (context.accept("}") === null) {
    matchers.push(parseMatcher(context));
    if (context.accept(",") === null && !context.sees("}")) context.failUnexpected(NEXT);
  }
  return matchers;
}

function parseMatcher(context: ParseContext): Matcher {
  const name = context.peek();
  if (name.kind !== "identifier" && name.kind !== "string") context.failUnexpected(MATCHER);
  context.take();
  const quoted = name.kind === "string";
  const label = quoted ? stringValue(name.text) : name.text;
  if (!MATCHER_KINDS.has(context.peek().word)) {
    // A quoted string alone is the metric name.
    return quoted ? matcher("=", METRIC_NAME, label) : context.failUnexpected(OPERATOR);
  }
  const kind = context.take().word as MatcherKind;
  if (context.peek().kind !== "string") context.failUnexpected(VALUE);
  return checkedMatcher(context, kind, label, name, context.take());
}

function checkedMatcher(
  context: ParseContext,
  kind: MatcherKind,
  label: string,
  first: Token,
  last: Token,
): Matcher {
  const value = stringValue(last.text);
  const problem = kind === "=~" || kind === "!~" ? regexProblem(value) : null;
  if (problem !== null) context.fail({ start: first.start, end: last.end }, problem);
  return matcher(kind, label, value);
}

function matcher(kind: MatcherKind, name: string, value: string): Matcher {
  return Object.freeze({ kind, name, value });
}
