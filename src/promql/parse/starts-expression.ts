/** Which tokens an expression can begin with. */
import type { Token } from "./token.ts";

/** Reserved words that are metric names where an operand is wanted. */
const NAME_WORDS = new Set(
  "and or unless by without offset anchored smoothed fill fill_left fill_right".split(" "),
);

export function startsExpression(token: Token): boolean {
  switch (token.kind) {
    case "number":
    case "duration":
    case "string":
    case "aggregation":
    case "identifier":
    case "metric-identifier":
    case "preprocessor":
      return true;
    case "punctuation":
      return token.word === "(" || token.word === "{";
    case "keyword":
    case "operator":
      return token.word === "+" || token.word === "-" || NAME_WORDS.has(token.word);
    default:
      return false;
  }
}
