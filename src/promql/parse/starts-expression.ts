/** Which tokens an expression or a selector can begin with. */
import type { Token } from "./token.ts";

/** Reserved words that are metric names where an operand is wanted. */
const NAME_WORDS = new Set(
  "and or unless by without offset anchored smoothed fill fill_left fill_right".split(" "),
);

const OPENERS = new Set(["(", "+", "-"]);

export function startsExpression(token: Token): boolean {
  switch (token.kind) {
    case "number":
    case "duration":
    case "string":
      return true;
    default:
      return OPENERS.has(token.word) || startsSelector(token);
  }
}

/** A metric name or an opening brace. */
export function startsSelector(token: Token): boolean {
  switch (token.kind) {
    case "aggregation":
    case "identifier":
    case "metric-identifier":
    case "preprocessor":
      return true;
    case "keyword":
    case "operator":
      return NAME_WORDS.has(token.word);
    default:
      return token.word === "{";
  }
}
