/**
 * Splits a Go text template into text and the tokens of its actions. Trim markers (`{{- ` and
 * ` -}}`) are applied here, comments are dropped. Source: the text/template package documentation.
 */
import { TemplateError } from "./template-error.ts";

export type TemplateToken =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "open" | "close"; readonly at: number }
  | {
      readonly kind: "word" | "field" | "variable" | "number" | "string" | "symbol";
      readonly text: string;
      readonly at: number;
      /** No space before it: `.a.b` is one chain, `.a .b` are two operands. */
      readonly isGlued: boolean;
    };

/** Rule files hold lines of text, not programs. */
const TEMPLATE_UNITS_MAX = 64 * 1024;
const SYMBOLS = ["|", "(", ")", ":=", "=", ","];

export function lexTemplate(text: string): TemplateToken[] {
  if (text.length > TEMPLATE_UNITS_MAX) {
    throw new TemplateError(`got ${text.length} characters, want at most ${TEMPLATE_UNITS_MAX}`);
  }
  const tokens: TemplateToken[] = [];
  let at = 0;
  let trimNext = false;
  while (at < text.length) {
    const open = text.indexOf("{{", at);
    const end = open < 0 ? text.length : open;
    const trimsBefore = open >= 0 && text[open + 2] === "-" && isSpace(text[open + 3]);
    let plain = text.slice(at, end);
    if (trimNext) plain = plain.trimStart();
    if (trimsBefore) plain = plain.trimEnd();
    if (plain !== "") tokens.push({ kind: "text", text: plain });
    if (open < 0) break;
    ({ at, trimNext } = lexAction(text, open + (trimsBefore ? 3 : 2), tokens));
  }
  return tokens;
}

function lexAction(
  text: string,
  from: number,
  tokens: TemplateToken[],
): { at: number; trimNext: boolean } {
  const comment = /^\s*\/\*[^]*?\*\/\s*(-?)\}\}/.exec(text.slice(from));
  if (comment !== null) return { at: from + comment[0].length, trimNext: comment[1] === "-" };
  tokens.push({ kind: "open", at: from });
  let at = from;
  for (;;) {
    const before = at;
    while (isSpace(text[at])) at++;
    const isGlued = at === before;
    const trims = text.startsWith("-}}", at) && !isGlued;
    if (trims || text.startsWith("}}", at)) {
      tokens.push({ kind: "close", at });
      return { at: at + (trims ? 3 : 2), trimNext: trims };
    }
    if (at >= text.length) throw new TemplateError("unclosed action");
    at = lexToken(text, at, isGlued, tokens);
  }
}

function lexToken(text: string, at: number, isGlued: boolean, tokens: TemplateToken[]): number {
  const push = (
    kind: "word" | "field" | "variable" | "number" | "string" | "symbol",
    end: number,
  ): number => {
    tokens.push({ kind, text: text.slice(at, end), at, isGlued });
    return end;
  };
  const first = text[at]!;
  if (first === '"') return push("string", quotedEnd(text, at));
  if (first === "`") {
    const end = text.indexOf("`", at + 1);
    if (end < 0) throw new TemplateError("unterminated raw quoted string");
    return push("string", end + 1);
  }
  const symbol = SYMBOLS.find((candidate) => text.startsWith(candidate, at));
  if (symbol !== undefined) return push("symbol", at + symbol.length);
  if (/[0-9]/.test(first) || (/[+\-.]/.test(first) && /[0-9]/.test(text[at + 1] ?? ""))) {
    return push(
      "number",
      at + matched(/^[+-]?(0[xX][0-9a-fA-F_]+|[0-9_]*\.?[0-9_]*([eE][+-]?[0-9]+)?)/, text, at),
    );
  }
  if (first === ".") return push("field", at + matched(/^\.[\p{L}_][\p{L}\p{N}_]*|^\./u, text, at));
  if (first === "$") return push("variable", at + matched(/^\$[\p{L}\p{N}_]*/u, text, at));
  const word = matched(/^[\p{L}_][\p{L}\p{N}_]*/u, text, at);
  if (word > 0) return push("word", at + word);
  throw new TemplateError(`unexpected ${JSON.stringify(first)} in command`);
}

function quotedEnd(text: string, at: number): number {
  for (let end = at + 1; end < text.length && text[end] !== "\n"; end++) {
    if (text[end] === "\\") end++;
    else if (text[end] === '"') return end + 1;
  }
  throw new TemplateError("unterminated quoted string");
}

function matched(pattern: RegExp, text: string, at: number): number {
  return pattern.exec(text.slice(at))?.[0].length ?? 0;
}

function isSpace(unit: string | undefined): boolean {
  return unit === " " || unit === "\t" || unit === "\r" || unit === "\n";
}
