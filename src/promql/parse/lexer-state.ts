/** What the lexer remembers between tokens. One per query text; never kept after `tokenize`. */
import type { Dialect } from "./dialect.ts";
import { Scanner } from "./scanner.ts";
import type { Token, TokenKind } from "./token.ts";

export class LexerState {
  readonly scanner: Scanner;
  readonly dialect: Dialect;
  readonly tokens: Token[] = [];
  done = false;
  /** `brackets` lasts from `[` to the first number; the rest of the bracket is `statement`. */
  mode: "statement" | "braces" | "brackets" = "statement";
  parenDepth = 0;
  bracketOpen = false;
  /** Since the last `[`. */
  colonSeen = false;
  /** Since the start of the text: that is what upstream remembers. */
  durationSeen = false;

  constructor(text: string, dialect: Dialect) {
    this.scanner = new Scanner(text);
    this.dialect = dialect;
  }

  /** Ends the pending token. `word` is its canonical spelling when it is a word of the language. */
  emit(kind: TokenKind, word: string = this.scanner.pending()): void {
    const { start, at } = this.scanner;
    this.tokens.push({ kind, word, text: this.scanner.pending(), start, end: at });
    this.scanner.start = at;
  }

  emitParen(paren: string): void {
    this.emit("punctuation");
    this.parenDepth += paren === "(" ? 1 : -1;
    if (this.parenDepth < 0) this.replaceLast("unexpected right parenthesis ')'");
  }

  /** Reports an error at the start of the pending token and stops. */
  fail(message: string): void {
    const { start, text } = this.scanner;
    this.tokens.push({ kind: "error", word: "", text: message, start, end: text.length });
    this.done = true;
  }

  /** Reports an error in place of the token just emitted, at its end. */
  replaceLast(message: string): void {
    this.tokens.pop();
    this.fail(message);
  }
}
