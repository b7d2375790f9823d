/**
 * Query text to tokens. The lexer is a machine with three modes, because PromQL reads differently
 * inside braces (no keywords, no numbers) and inside brackets (durations, no identifiers). It checks
 * what needs no grammar: brackets in balance, strings closed, numbers well formed. The first error
 * becomes an `error` token and ends the list; the parser reports it when it gets there, so an
 * earlier mistake in the grammar wins.
 */
import type { Dialect } from "./dialect.ts";
import { lexBraces } from "./lex-braces.ts";
import { lexBrackets } from "./lex-brackets.ts";
import { lexComment } from "./lex-comment.ts";
import { LexerState } from "./lexer-state.ts";
import { lexNumberOrDuration, startsNumber } from "./lex-number.ts";
import { lexString, startsString } from "./lex-string.ts";
import { lexWord } from "./lex-word.ts";
import { quoteCharacter } from "./go-quote.ts";
import { isAlpha, isSpace } from "./scanner.ts";
import type { Token } from "./token.ts";

/** Longest query text, in UTF-16 units: twice the longest regular expression, read in some 50 ms. */
export const QUERY_TEXT_UNITS_MAX: number = 128 * 1024;

const SINGLE_OPERATORS = "*/%+-^@";

/** The last token is `end` or `error`. Comments and spaces leave none. */
export function tokenize(text: string, dialect: Dialect): readonly Token[] {
  const state = new LexerState(text, dialect);
  if (text.length > QUERY_TEXT_UNITS_MAX) {
    state.fail(`query text is too long: got ${text.length}, want at most ${QUERY_TEXT_UNITS_MAX}`);
  }
  while (!state.done) {
    if (state.mode === "brackets") lexBrackets(state);
    else if (state.scanner.text.startsWith("#", state.scanner.at)) lexComment(state);
    else if (state.mode === "braces") lexBraces(state);
    else lexStatement(state);
  }
  return state.tokens;
}

function lexStatement(state: LexerState): void {
  const { scanner } = state;
  const first = scanner.next();
  if (first === "") return lexEnd(state);
  if (isSpace(first)) return scanner.skipSpaces();
  if (SINGLE_OPERATORS.includes(first)) return state.emit("operator");
  if (first === ",") return state.emit("punctuation");
  if (first === "=" || first === "!" || first === "<" || first === ">") {
    return lexComparison(state, first);
  }
  if (startsNumber(scanner, first)) return lexNumberOrDuration(state);
  if (startsString(first)) return lexString(state, first);
  if (isAlpha(first) || first === ":") return lexWord(state, first);
  lexBracketing(state, first);
}

function lexEnd(state: LexerState): void {
  if (state.parenDepth !== 0) return state.fail("unclosed left parenthesis");
  if (state.bracketOpen) return state.fail("unclosed left bracket");
  state.emit("end");
  state.done = true;
}

function lexComparison(state: LexerState, first: string): void {
  const { scanner } = state;
  const second = scanner.peek();
  switch (first) {
    case "=":
      if (second === "~") {
        return state.fail(`unexpected character after '=': ${quoteCharacter(second)}`);
      }
      return state.emit(scanner.accept("=") ? "operator" : "punctuation");
    case "!":
      if (scanner.accept("=")) return state.emit("operator");
      return state.fail(`unexpected character after '!': ${quoteCharacter(second)}`);
    default:
      scanner.accept("=/");
      state.emit("operator");
  }
}

function lexBracketing(state: LexerState, first: string): void {
  const { scanner } = state;
  switch (first) {
    case "(":
    case ")":
      return state.emitParen(first);
    case "{":
      state.emit("punctuation");
      state.mode = "braces";
      return;
    case "[":
      if (state.bracketOpen) return state.fail("unexpected left bracket '['");
      state.emit("punctuation");
      state.bracketOpen = true;
      state.colonSeen = false;
      state.mode = "brackets";
      return scanner.skipSpaces();
    case "]":
      if (!state.bracketOpen) return state.fail("unexpected right bracket ']'");
      state.emit("punctuation");
      state.bracketOpen = false;
      return;
    default:
      state.fail(`unexpected character: ${quoteCharacter(first)}`);
  }
}
