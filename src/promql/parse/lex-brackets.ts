/** The part of a range or subquery bracket before its first number: duration functions and signs. */
import { quoteCharacter } from "./go-quote.ts";
import type { LexerState } from "./lexer-state.ts";
import { lexNumberOrDuration, startsNumber } from "./lex-number.ts";
import { acceptDurationFunction, startsDurationFunction } from "./lex-word.ts";
import { isSpace } from "./scanner.ts";

export function lexBrackets(state: LexerState): void {
  const { scanner } = state;
  const first = scanner.next();
  if (first === "") return state.fail("unexpected end of input in duration expression");
  if (isSpace(first)) return scanner.skipSpaces();
  if ("+-*/%^".includes(first)) return state.emit("operator");
  if (first === ",") return state.emit("punctuation");
  if (first === "(" || first === ")") return state.emitParen(first);
  if (first === ":") return lexColon(state);
  if (first === "]") {
    state.emit("punctuation");
    state.bracketOpen = false;
    state.mode = "statement";
    return;
  }
  if (startsNumber(scanner, first)) {
    state.durationSeen = true;
    state.mode = "statement";
    return lexNumberOrDuration(state);
  }
  if (startsDurationFunction(first) && acceptDurationFunction(state)) {
    state.durationSeen = true;
    return;
  }
  state.fail(`unexpected character in duration expression: ${quoteCharacter(first)}`);
}

function lexColon(state: LexerState): void {
  state.emit("punctuation");
  if (!state.durationSeen) {
    return state.replaceLast("unexpected colon before duration in duration expression");
  }
  if (state.colonSeen) {
    return state.replaceLast("unexpected repeated colon in duration expression");
  }
  state.colonSeen = true;
}
