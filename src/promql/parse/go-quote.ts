/**
 * Double-quoted text as Go's `strconv.Quote` writes it, and single-quoted characters: error messages
 * and canonical query text use these forms, and `string-value.ts` reads them back unchanged.
 */

/** Letters, marks, numbers, punctuation, symbols and the ASCII space stand for themselves. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};

/** Longest text shown whole by `truncatedQuote`, in bytes; and how many characters of it. */
const SHOWN_BYTES_MAX = 10;

export function quote(text: string): string {
  // Most text needs no escape at all.
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  let quoted = "";
  for (const character of text) quoted += character === '"' ? '\\"' : escape(character);
  return `"${quoted}"`;
}

/** At most ten characters, then dots. */
export function truncatedQuote(text: string): string {
  if (Buffer.byteLength(text.slice(0, SHOWN_BYTES_MAX + 1)) <= SHOWN_BYTES_MAX) return quote(text);
  const shown = [...text.slice(0, 2 * SHOWN_BYTES_MAX)].slice(0, SHOWN_BYTES_MAX).join("");
  return `${quote(shown)}...`;
}

/** One character in single quotes. The empty string stands for the end of the text. */
export function quoteCharacter(character: string): string {
  if (character === "") return "'\uFFFD'";
  return character === "'" ? "'\\''" : `'${escape(character)}'`;
}

/** `U+0071 'q'`, the quoted part only when it can be shown. */
export function codePointName(character: string): string {
  const hex = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  return PRINTABLE.test(character) ? `U+${hex} '${character}'` : `U+${hex}`;
}

function escape(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  if (PRINTABLE.test(character)) return character;
  const code = character.codePointAt(0)!;
  if (code < 0x80) return `\\x${hexadecimal(code, 2)}`;
  // A byte that is no character, as `string-value.ts` keeps it.
  if (code >= 0xdc80 && code < 0xdd00) return `\\x${hexadecimal(code - 0xdc00, 2)}`;
  if (code >= 0xd800 && code < 0xe000) return "\uFFFD";
  return code < 0x1_0000 ? `\\u${hexadecimal(code, 4)}` : `\\U${hexadecimal(code, 8)}`;
}

function hexadecimal(code: number, width: number): string {
  return code.toString(16).padStart(width, "0");
}
