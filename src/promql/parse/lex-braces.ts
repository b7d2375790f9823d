/** Inside the braces of a selector every word is an identifier. */
import { quoteCharacter } from "./go-quote.ts";
import type { LexerState } from "./lexer-state.ts";
import { lexString, startsString } from "./lex-string.ts";
import { isAlpha, isAlphaNumeric, isSpace } from "./scanner.ts";

export function lexBraces(state: LexerState): void {
  const { scanner } = state;
  const first = scanner.next();
  if (first === "") return state.fail("unexpected end of input inside braces");
  if (isSpace(first)) return scanner.skipSpaces();
  if (startsString(first)) return lexString(state, first);
  if (isAlpha(first)) {
    while (isAlphaNumeric(scanner.peek())) scanner.at++;
    return state.emit("identifier", "");
  }
  switch (first) {
    case ",":
      return state.emit("punctuation");
    case "=":
      return state.emit(scanner.accept("~") ? "operator" : "punctuation");
    case "!":
      return lexNegation(state);
    case "{":
      return state.fail("unexpected left brace '{'");
    case "}":
      state.emit("punctuation");
      state.mode = "statement";
      return;
    default:
      state.fail(`unexpected character inside braces: ${quoteCharacter(first)}`);
  }
}

function lexNegation(state: LexerState): void {
  const second = state.scanner.peek();
  if (state.scanner.accept("=")) return state.emit("operator");
  if (state.scanner.accept("~")) return state.emit("operator");
  state.fail(`unexpected character after '!' inside braces: ${quoteCharacter(second)}`);
}
