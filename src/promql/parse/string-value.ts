/**
 * The value of a string token, whose escapes the lexer has checked. `\x` and octal escapes stand for
 * bytes of UTF-8. A byte that is part of no character becomes the lone surrogate U+DC00 + byte, so
 * nothing is lost: `go-quote.ts` writes it as `\xff` again, `isWellFormed()` tells such text from
 * text that can be a label, and no stored value ever equals it.
 */
import { isUtf8 } from "node:buffer";

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

const ESCAPE = /\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[0-7]{3}|.)/gs;
const BYTE_ESCAPE = /^\\(?:x|[0-7])/;

/** `literal` includes its quotes. */
export function stringValue(literal: string): string {
  const body = literal.slice(1, -1);
  if (literal.startsWith("`") || !body.includes("\\")) return body;
  const escapes = body.match(ESCAPE) ?? [];
  const bytes = escapes.some((escape) => BYTE_ESCAPE.test(escape) && byteOf(escape) >= 0x80);
  return bytes ? unescapeBytes(body) : body.replace(ESCAPE, unescapeText);
}

function unescapeText(escape: string): string {
  const kind = escape[1]!;
  if (BYTE_ESCAPE.test(escape)) return String.fromCharCode(byteOf(escape));
  if (kind === "u" || kind === "U") {
    return String.fromCodePoint(Number.parseInt(escape.slice(2), 16));
  }
  return SHORT_ESCAPES[kind] ?? kind;
}

function unescapeBytes(body: string): string {
  const parts: Buffer[] = [];
  let copied = 0;
  for (const { 0: escape, index } of body.matchAll(ESCAPE)) {
    parts.push(Buffer.from(body.slice(copied, index)));
    copied = index + escape.length;
    const isByte = BYTE_ESCAPE.test(escape);
    parts.push(isByte ? Buffer.of(byteOf(escape)) : Buffer.from(unescapeText(escape)));
  }
  parts.push(Buffer.from(body.slice(copied)));
  return decode(Buffer.concat(parts));
}

function decode(bytes: Buffer): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const character = bytes.subarray(at, at + sequenceLength(bytes[at]!));
    const valid = isUtf8(character);
    text += valid ? character.toString() : String.fromCharCode(0xdc00 + bytes[at]!);
    at += valid ? character.length : 1;
  }
  return text;
}

/** Bytes of a character by its first one. */
function sequenceLength(first: number): number {
  if (first < 0xe0) return first < 0xc0 ? 1 : 2;
  return first < 0xf0 ? 3 : 4;
}

function byteOf(escape: string): number {
  return escape[1] === "x"
    ? Number.parseInt(escape.slice(2), 16)
    : Number.parseInt(escape.slice(1), 8);
}
