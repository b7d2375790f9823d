/**
 * Reads the head of a write request as stock senders send it: whole, in one piece, nothing unusual.
 * Anything else is null and goes to node:http with all its bytes, so this reader may be strict where
 * HTTP is lenient, and must never take what node:http would read otherwise.
 */
import { HEADERS_MAX } from "./http-limits.ts";

export interface LaneHead {
  readonly target: string;
  /** Names in lower case, each once; all but the length of the body. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBytes: number;
  /** Where the digits of that length begin. */
  readonly lengthAt: number;
  /** Where the body starts. */
  readonly headBytes: number;
}

/** Stock senders need some 300; credentials may take a KiB. */
export const HEAD_BYTES_MAX = 4096;
const METHOD = "POST ";
const VERSION = " HTTP/1.1";
const LINE_END = "\r\n";
const HEAD_END = "\r\n\r\n";
const LENGTH_NAME = "content-length";
/** They change how the body or the connection is to be read. */
const UNUSUAL = new Set(["transfer-encoding", "expect", "upgrade", "trailer", "te"]);
const LENGTH = /^[1-9]\d{0,14}$/;

const TOKEN = charSet("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz");
const TAB = 9;
const SPACE = 32;
const TILDE = 126;

export function parseLaneHead(chunk: Buffer): LaneHead | null {
  const end = chunk.indexOf(HEAD_END, 0, "latin1");
  if (end < 0 || end > HEAD_BYTES_MAX) return null;
  const text = chunk.toString("latin1", 0, end);
  const lineEnd = text.indexOf(LINE_END);
  if (lineEnd < 0 || !text.startsWith(METHOD)) return null;
  const targetEnd = lineEnd - VERSION.length;
  if (targetEnd <= METHOD.length || !text.startsWith(VERSION, targetEnd)) return null;
  const target = text.slice(METHOD.length, targetEnd);
  const found = parseHeaders(text, lineEnd + LINE_END.length);
  if (found === null || target.includes(" ") || !isPrintable(target)) return null;
  const { headers, length, lengthAt } = found;
  if (!LENGTH.test(length) || headers["host"] === undefined) return null;
  const connection = headers["connection"] ?? "keep-alive";
  if (connection.toLowerCase() !== "keep-alive") return null;
  const headBytes = end + HEAD_END.length;
  return { target, headers, bodyBytes: Number(length), lengthAt, headBytes };
}

interface Headers {
  readonly headers: Record<string, string>;
  /** Empty when there is none. */
  readonly length: string;
  readonly lengthAt: number;
}

function parseHeaders(text: string, from: number): Headers | null {
  const headers = Object.create(null) as Record<string, string>;
  let length = "";
  let lengthAt = 0;
  let count = 0;
  for (let at = from; at < text.length;) {
    const found = text.indexOf(LINE_END, at);
    const end = found < 0 ? text.length : found;
    const colon = text.indexOf(":", at);
    if (colon < 0 || colon >= end || ++count > HEADERS_MAX) return null;
    const name = text.slice(at, colon).toLowerCase();
    const value = trimmed(text, colon + 1, end);
    if (!isToken(name) || !isPrintable(value)) return null;
    if (UNUSUAL.has(name) || headers[name] !== undefined) return null;
    if (name !== LENGTH_NAME) {
      headers[name] = value;
    } else {
      if (lengthAt > 0) return null;
      length = value;
      lengthAt = text.indexOf(value, colon + 1);
    }
    at = end + LINE_END.length;
  }
  return { headers, length, lengthAt };
}

function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** No control characters, nothing beyond ASCII. */
function isPrintable(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < SPACE || code > TILDE) return false;
  }
  return true;
}

function isToken(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    if (TOKEN[name.charCodeAt(i)] !== 1) return false;
  }
  return name.length > 0;
}

function charSet(characters: string): Uint8Array {
  const set = new Uint8Array(256);
  for (let i = 0; i < characters.length; i++) set[characters.charCodeAt(i)] = 1;
  return set;
}
