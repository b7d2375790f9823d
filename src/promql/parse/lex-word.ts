/**
 * Identifiers and reserved words outside braces. Inside brackets only the duration functions exist,
 * and a colon separates range and step. Words of the language are recognized in any case; the names
 * of functions are ordinary identifiers.
 */
import { quoteCharacter } from "./go-quote.ts";
import type { LexerState } from "./lexer-state.ts";
import { isAlpha, isSpace, type Scanner } from "./scanner.ts";
import type { TokenKind } from "./token.ts";

const DURATION_FUNCTIONS = new Set(["step", "range", "min_of", "max_of"]);

const NAME = /[A-Za-z0-9_:]*/y;

/** `first` has been read. */
export function lexWord(state: LexerState, first: string): void {
  if (state.bracketOpen) return lexInBrackets(state, first);
  const { scanner } = state;
  NAME.lastIndex = scanner.at;
  NAME.test(scanner.text);
  scanner.at = NAME.lastIndex;
  const text = scanner.pending();
  const word = text.toLowerCase();
  const kind = kindOf(word, state);
  // `inf` and `nan` are spelled in letters but are numbers like any other.
  if (kind === "number") return state.emit(kind, "");
  if (kind !== undefined) return state.emit(kind, word);
  state.emit(text.includes(":") ? "metric-identifier" : "identifier", "");
}

function kindOf(word: string, state: LexerState): TokenKind | undefined {
  // These came late to the language: they stay usable as names unless they are called.
  if (word.startsWith("fill") && !isCalled(state.scanner)) return undefined;
  return state.dialect.words.get(word);
}

function isCalled(scanner: Scanner): boolean {
  let at = scanner.at;
  while (isSpace(scanner.text[at] ?? "")) at++;
  return scanner.text[at] === "(";
}

function lexInBrackets(state: LexerState, first: string): void {
  if (first === ":") {
    if (state.colonSeen) return state.fail("unexpected colon ':'");
    state.emit("punctuation");
    state.colonSeen = true;
    return;
  }
  if (startsDurationFunction(first) && acceptDurationFunction(state)) return;
  state.fail(`unexpected character: ${quoteCharacter(first)}, expected ':'`);
}

export function startsDurationFunction(first: string): boolean {
  return first !== "" && "srmSRM".includes(first);
}

/** Emits `step`, `range`, `min_of` or `max_of` if that is what follows. */
export function acceptDurationFunction(state: LexerState): boolean {
  const { scanner } = state;
  while (isAlpha(scanner.peek())) scanner.at++;
  const word = scanner.pending().toLowerCase();
  if (!DURATION_FUNCTIONS.has(word)) return false;
  state.emit("preprocessor", word);
  return true;
}
