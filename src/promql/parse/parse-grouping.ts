/** Label lists in parentheses: after by, without, on, ignoring and group_*. */
import { quote } from "./go-quote.ts";
import type { Expectation, ParseContext } from "./parse-context.ts";
import { stringValue } from "./string-value.ts";
import type { Token } from "./token.ts";

const WHERE = "grouping opts";
export const GROUPING_OPEN: Expectation = { where: WHERE, expected: '"("' };
const LABEL: Expectation = { where: WHERE, expected: "label" };
const NEXT: Expectation = { where: WHERE, expected: '"," or ")"' };

/** A comma may follow the last label. */
export function parseGrouping(context: ParseContext): readonly string[] {
  if (context.accept("(") === null) context.failUnexpected(GROUPING_OPEN);
  const labels: string[] = [];
  while (context.accept(")") === null) {
    labels.push(parseLabel(context));
    if (context.accept(",") === null && !context.sees(")")) context.failUnexpected(NEXT);
  }
  return Object.freeze(labels);
}

function parseLabel(context: ParseContext): string {
  const token = context.peek();
  if (!isLabel(token)) context.failUnexpected(LABEL);
  context.take();
  const label = token.kind === "string" ? stringValue(token.text) : token.text;
  if (label === "" || !label.isWellFormed()) {
    context.fail(token, `invalid label name for grouping: ${quote(label)}`);
  }
  return label;
}

/** Reserved words are labels here, all but `without`. */
function isLabel(token: Token): boolean {
  switch (token.kind) {
    case "identifier":
    case "metric-identifier":
    case "aggregation":
    case "preprocessor":
    case "string":
      return true;
    case "keyword":
      return token.word !== "without";
    case "operator":
      return /^[a-z]/.test(token.word);
    default:
      return false;
  }
}
