/**
 * Tokens as the lexer emits them. A kind is the spelling for punctuation, operators, keywords and
 * aggregations (lower case), a class name for the rest; an `error` token is always the last.
 */
import { quote, truncatedQuote } from "./go-quote.ts";
import type { Pos } from "./ast.ts";

export type TokenKind =
  | "end"
  | "error"
  | "identifier"
  | "metric-identifier"
  | "number"
  | "duration"
  | "string"
  | "punctuation"
  | "operator"
  | "keyword"
  | "aggregation"
  | "preprocessor";

export interface Token extends Pos {
  readonly kind: TokenKind;
  /** Canonical spelling of punctuation, operators and words of the language; else empty. */
  readonly word: string;
  /** The text as written; for an `error` token its message. */
  readonly text: string;
}

/** How an error message names a token it did not expect. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case "end":
      return "end of input";
    case "error":
      return token.text;
    case "identifier":
      return `identifier ${quote(token.text)}`;
    case "metric-identifier":
      return `metric identifier ${quote(token.text)}`;
    case "number":
    case "duration":
    case "string":
      return `${token.kind} ${truncatedQuote(token.text)}`;
    case "keyword":
      return `<${token.text}>`;
    case "operator":
      return `<op:${token.text}>`;
    case "aggregation":
      return `<aggr:${token.text}>`;
    case "punctuation":
    case "preprocessor":
      return truncatedQuote(token.text);
  }
}
