/**
 * The value of a string token, whose escapes the lexer has checked. `\x` and octal escapes stand for
 * bytes: together they must be UTF-8, what is not becomes U+FFFD, because label values are text.
 */
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
  return Buffer.concat(parts).toString();
}

function byteOf(escape: string): number {
  return escape[1] === "x"
    ? Number.parseInt(escape.slice(2), 16)
    : Number.parseInt(escape.slice(1), 8);
}
