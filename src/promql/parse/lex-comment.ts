/** `#` to the end of the line; leaves no token. */
import type { LexerState } from "./lexer-state.ts";

export function lexComment(state: LexerState): void {
  const { scanner } = state;
  const length = scanner.text.slice(scanner.at).search(/[\r\n]/);
  scanner.at = length < 0 ? scanner.text.length : scanner.at + length;
  scanner.start = scanner.at;
}
