/**
 * Reads the labels a series line begins with: `name`, `name{a="b"}`, `{"utf8 name", "l"="v"}` or
 * `{a="b"}`. What follows is left to the caller.
 */
import { type Labels, labelsOf, METRIC_NAME } from "#model/labels.ts";
import { stringValue } from "../parse/string-value.ts";

export interface ParsedMetric {
  readonly labels: Labels;
  /** Text behind it. */
  readonly rest: string;
}

const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/y;
const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;

/** Throws an `Error` that says what is wrong. */
export function parseMetric(text: string): ParsedMetric {
  const scan = new Scan(text);
  const pairs: [string, string][] = [];
  const name = scan.take(NAME);
  if (name !== null) pairs.push([METRIC_NAME, name]);
  scan.skipSpace();
  // Two braces begin a histogram, the first value.
  if (!scan.sees("{{") && scan.takeText("{")) readPairs(scan, pairs);
  else if (name === null) throw new Error(`got ${JSON.stringify(text)}, want a series`);
  return { labels: labelsOf(pairs), rest: text.slice(scan.at).trim() };
}

function readPairs(scan: Scan, pairs: [string, string][]): void {
  for (scan.skipSpace(); !scan.takeText("}"); scan.skipSpace()) {
    const quoted = scan.take(STRING);
    const name = quoted === null ? scan.take(NAME) : stringValue(quoted);
    if (name === null) scan.fail("a label name or }");
    scan.skipSpace();
    if (scan.takeText("=")) {
      scan.skipSpace();
      const value = scan.take(STRING);
      if (value === null) scan.fail("a string");
      pairs.push([name, stringValue(value)]);
    } else if (quoted !== null) {
      pairs.push([METRIC_NAME, name]);
    } else {
      scan.fail("=");
    }
    scan.skipSpace();
    if (!scan.takeText(",") && !scan.sees("}")) scan.fail(", or }");
  }
}

class Scan {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.#text);
    if (match === null) return null;
    this.at = pattern.lastIndex;
    return match[0];
  }

  takeText(text: string): boolean {
    if (!this.sees(text)) return false;
    this.at += text.length;
    return true;
  }

  sees(text: string): boolean {
    return this.#text.startsWith(text, this.at);
  }

  skipSpace(): void {
    while (/\s/.test(this.#text[this.at] ?? "")) this.at++;
  }

  fail(wanted: string): never {
    const got = JSON.stringify(this.#text.slice(this.at, this.at + 20));
    throw new Error(`cannot read a series: got ${got}, want ${wanted}`);
  }
}
