/**
 * Numbers and durations. A number is a run of digits, dots, exponents and underscores that obeys
 * local rules only (`number-value.ts` has the last word); digits followed by a unit are a duration.
 */
import { quote } from "./go-quote.ts";
import type { LexerState } from "./lexer-state.ts";
import { isAlphaNumeric, isDigit, type Scanner } from "./scanner.ts";

const DECIMAL = "0123456789";
const HEXADECIMAL = "0123456789abcdefABCDEF";

/** `first` has been read. */
export function startsNumber(scanner: Scanner, first: string): boolean {
  return isDigit(first) || (first === "." && isDigit(scanner.peek()));
}

/** The first character has been read. */
export function lexNumberOrDuration(state: LexerState): void {
  const { scanner } = state;
  scanner.at = scanner.start;
  if (scanNumber(scanner)) return state.emit("number", "");
  if (scanDuration(scanner)) return state.emit("duration", "");
  state.fail(`bad number or duration syntax: ${quote(scanner.pending())}`);
}

/** On failure the cursor stays where the number went wrong: a unit may follow there. */
function scanNumber(scanner: Scanner): boolean {
  const digits = acceptHexadecimalPrefix(scanner) ? HEXADECIMAL : DECIMAL;
  let dotSeen = false;
  let exponentSeen = false;
  scanner.accept(".");
  scanner.accept(digits);
  while (scanner.sees(`${digits}._eE`)) {
    if (scanner.accept(".")) {
      // At most one dot, none in a hexadecimal number, and a digit or an exponent after it.
      if (dotSeen || scanner.accept("_.") || digits === HEXADECIMAL) return false;
      dotSeen = true;
    } else if (scanner.accept("eE")) {
      if (exponentSeen) return false;
      exponentSeen = true;
      scanner.accept("+-");
      if (scanner.accept("._eE") || scanner.peek() === "") return false;
    } else if (scanner.accept("_")) {
      if (scanner.accept("._eE") || scanner.peek() === "") return false;
    } else {
      scanner.acceptRun(digits);
    }
  }
  return scanner.at > scanner.start && !isAlphaNumeric(scanner.peek());
}

function acceptHexadecimalPrefix(scanner: Scanner): boolean {
  if (!scanner.accept("0") || !scanner.accept("xX")) return false;
  scanner.accept("_");
  return true;
}

/** The digits of the first part have been read. Order and repetition are checked by its value. */
function scanDuration(scanner: Scanner): boolean {
  if (!acceptUnit(scanner, "smhdwy")) return false;
  while (scanner.sees(DECIMAL)) {
    scanner.acceptRun(DECIMAL);
    // Years can only come first.
    if (!acceptUnit(scanner, "smhdw")) return false;
  }
  if (!isAlphaNumeric(scanner.peek())) return true;
  scanner.next();
  return false;
}

function acceptUnit(scanner: Scanner, units: string): boolean {
  if (!scanner.accept(units)) return false;
  scanner.accept("s");
  return true;
}
