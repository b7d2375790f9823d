/**
 * A cursor over one line of a page. Every method reads one thing and moves behind it, or throws with
 * the line, what was found and what was wanted.
 */
import type { EngineError } from "#base/engine-error.ts";
import { expositionError } from "./exposition-errors.ts";
import type { ExpositionLimits } from "./exposition-limits.ts";

const BLANKS = /[ \t]*/y;
const METRIC_NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const WORD = /[^ \t]*/y;
/** Up to the closing quote or the next escape. */
const PLAIN_TEXT = /[^"\\]*/y;
const SHOWN_CHARACTERS_MAX = 40;

export class LineScanner {
  readonly #text: string;
  readonly #line: number;
  readonly #limits: ExpositionLimits;
  #at = 0;

  constructor(text: string, line: number, limits: ExpositionLimits) {
    this.#text = text;
    this.#line = line;
    this.#limits = limits;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  get rest(): string {
    return this.#text.slice(this.#at);
  }

  fail(want: string): EngineError {
    return this.failAt(this.rest, want);
  }

  /** As `fail`, for something already read; `rest` is what came next before it was. */
  failAt(rest: string, want: string): EngineError {
    const column = this.#text.length - rest.length + 1;
    const shown = rest.slice(0, SHOWN_CHARACTERS_MAX);
    const got = rest === "" ? "the end of the line" : JSON.stringify(shown);
    return this.refuse(`got ${got} at column ${column}, want ${want}`);
  }

  /** About the line as a whole. */
  refuse(cause: string): EngineError {
    return expositionError(this.#line, cause);
  }

  blanks(): this {
    this.#match(BLANKS);
    return this;
  }

  /** Moves behind `character` when it comes next; returns whether it did. */
  take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  metricName(): string {
    return this.#name(METRIC_NAME, "a metric name");
  }

  labelName(): string {
    return this.#name(LABEL_NAME, "a label name");
  }

  /** Everything up to the next blank. */
  word(): string {
    return this.#match(WORD);
  }

  /** A quoted label value; `\\`, `\"` and `\n` are the only escapes. */
  quoted(): string {
    if (!this.take('"')) throw this.fail("a value in quotes");
    let value = "";
    for (;;) {
      value += this.#match(PLAIN_TEXT);
      if (value.length > this.#limits.valueCharactersMax) {
        throw this.fail(`a value of at most ${this.#limits.valueCharactersMax} characters`);
      }
      if (this.take('"')) return value;
      if (!this.take("\\")) throw this.fail("a closing quote");
      if (this.take("n")) value += "\n";
      else if (this.take("\\")) value += "\\";
      else if (this.take('"')) value += '"';
      else throw this.fail('one of \\n, \\\\ and \\" after a backslash');
    }
  }

  #name(pattern: RegExp, what: string): string {
    const name = this.#match(pattern);
    if (name === "") throw this.fail(what);
    const { nameCharactersMax } = this.#limits;
    if (name.length <= nameCharactersMax) return name;
    throw this.refuse(
      `got ${what} of ${name.length} characters, want at most ${nameCharactersMax}`,
    );
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }
}
