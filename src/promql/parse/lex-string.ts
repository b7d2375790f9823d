/**
 * Quoted strings: double or single quotes with escapes on one line, or backquotes with none on any
 * number of lines. Checks the escapes; `string-value.ts` gives the value.
 */
import { codePointName } from "./go-quote.ts";
import type { LexerState } from "./lexer-state.ts";
import type { Scanner } from "./scanner.ts";

const PLAIN = /[^"'`\\\n\uFFFD\uD800-\uDFFF]*/y;

/** Digits and base of the numeric escapes. Octal ones begin with a digit and have no letter. */
const ESCAPE_SHAPES: Readonly<
  Record<string, readonly [digits: number, base: number, max: number]>
> = {
  x: [2, 16, 0xff],
  u: [4, 16, 0x10ffff],
  U: [8, 16, 0x10ffff],
};

export function startsString(first: string): boolean {
  return first === '"' || first === "'" || first === "`";
}

/** The opening quote has been read. */
export function lexString(state: LexerState, quote: string): void {
  const { scanner } = state;
  for (;;) {
    PLAIN.lastIndex = scanner.at;
    PLAIN.test(scanner.text);
    scanner.at = PLAIN.lastIndex;
    const character = scanner.next();
    if (character === quote) return state.emit("string", "");
    const problem = character === "" ? unterminated(quote) : problemAt(scanner, character, quote);
    if (problem !== null) return state.fail(problem);
  }
}

function unterminated(quote: string): string {
  return quote === "`" ? "unterminated raw string" : "unterminated quoted string";
}

function problemAt(scanner: Scanner, character: string, quote: string): string | null {
  if (/^[\uFFFD\uD800-\uDFFF]$/.test(character)) return "invalid UTF-8 rune";
  if (quote === "`") return null;
  if (character === "\n") return unterminated(quote);
  return character === "\\" ? escapeProblem(scanner, quote) : null;
}

/** Reads an escape after its backslash. */
function escapeProblem(scanner: Scanner, quote: string): string | null {
  const kind = scanner.next();
  if (kind === "") return "escape sequence not terminated";
  if (kind === quote || "abfnrtv\\".includes(kind)) return null;
  if (kind >= "0" && kind <= "7") return digitsProblem(scanner, kind, 3, 8, 0xff);
  const shape = ESCAPE_SHAPES[kind];
  if (shape === undefined) return `unknown escape sequence ${codePointName(kind)}`;
  return digitsProblem(scanner, scanner.next(), ...shape);
}

function digitsProblem(
  scanner: Scanner,
  first: string,
  count: number,
  base: number,
  max: number,
): string | null {
  let digit = first;
  let value = 0;
  for (let read = 1; ; read++) {
    if (digit === "") return "escape sequence not terminated";
    const size = /^[0-9A-Fa-f]$/.test(digit) ? Number.parseInt(digit, 16) : base;
    if (size >= base) return `illegal character ${codePointName(digit)} in escape sequence`;
    value = value * base + size;
    if (read === count) break;
    digit = scanner.next();
  }
  const surrogate = value >= 0xd800 && value < 0xe000;
  return value > max || surrogate ? "escape sequence is an invalid Unicode code point" : null;
}
