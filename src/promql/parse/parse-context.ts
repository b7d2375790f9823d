/**
 * The state of one parse: the tokens, how far it has read, how deep it is, and what to say about a
 * token that fits nowhere. The parse functions take it as first argument and reach each other for
 * whole expressions through `expression`, so their files need not import one another in a circle.
 * They throw on the first error; nothing is recovered.
 */
import { must } from "#base/assert.ts";
import type { Binary, Expr, Pos, VectorMatching } from "./ast.ts";
import type { Dialect } from "./dialect.ts";
import { PARSE_DEPTH_MAX } from "./parse-limits.ts";
import { FEATURE_FLAGS, type ParseOptions } from "./parse-options.ts";
import { PromqlParseError } from "./promql-parse-error.ts";
import { describeToken, type Token, type TokenKind } from "./token.ts";

/** The second half of "unexpected X in <where>, expected <expected>"; either may be empty. */
export interface Expectation {
  readonly where: string;
  readonly expected: string;
}

export class ParseContext {
  readonly text: string;
  readonly options: ParseOptions;
  readonly dialect: Dialect;
  /** Parses a whole expression that binds tighter than `precedence` (0: any). */
  readonly expression: (context: ParseContext, precedence: number) => Expr;
  /** The innermost construct being read that has a message of its own. */
  expectation: Expectation | null = null;
  /** Matchings as written, for the type check: the tree keeps only those between vectors. */
  readonly writtenMatchings: Map<Binary, VectorMatching> = new Map();
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(
    text: string,
    tokens: readonly Token[],
    options: ParseOptions,
    dialect: Dialect,
    expression: (context: ParseContext, precedence: number) => Expr,
  ) {
    this.text = text;
    this.#tokens = tokens;
    this.options = options;
    this.dialect = dialect;
    this.expression = expression;
  }

  /** The next token. Throws when the lexer found an error there. */
  peek(): Token {
    const token = must(this.#tokens[this.#next], "token");
    if (token.kind === "error") this.fail(token, token.text);
    return token;
  }

  /** Takes the next token, which `peek` has shown. */
  take(): Token {
    const token = this.peek();
    if (token.kind !== "end") this.#next++;
    return token;
  }

  /** Where the token taken last ends. */
  get lastEnd(): number {
    return this.#tokens[this.#next - 1]?.end ?? 0;
  }

  /** The token after the next one, an error included; for words that are names unless called. */
  peekSecond(): Token {
    return must(this.#tokens[Math.min(this.#next + 1, this.#tokens.length - 1)], "token");
  }

  sees(word: string): boolean {
    return this.peek().word === word;
  }

  seesKind(kind: TokenKind): boolean {
    return this.peek().kind === kind;
  }

  /** Takes the next token if it is this word. */
  accept(word: string): Token | null {
    return this.sees(word) ? this.take() : null;
  }

  expect(word: string): Token {
    return this.accept(word) ?? this.failUnexpected();
  }

  fail(pos: Pos, reason: string): never {
    throw new PromqlParseError(this.text, pos, reason);
  }

  /** Complains about the next token, in the words of the innermost construct. */
  failUnexpected(expectation: Expectation | null = this.expectation): never {
    const token = this.peek();
    let reason = `unexpected ${describeToken(token)}`;
    if (expectation !== null) {
      if (expectation.where !== "") reason += ` in ${expectation.where}`;
      if (expectation.expected !== "") reason += `, expected ${expectation.expected}`;
    }
    this.fail(token, reason);
  }

  /** Runs `parse` one level deeper, with `expectation` as the innermost construct. */
  within<T>(expectation: Expectation | null, parse: () => T): T {
    const outer = this.expectation;
    this.expectation = expectation ?? outer;
    this.limitDepth(++this.#depth);
    const parsed = parse();
    this.#depth--;
    this.expectation = outer;
    return parsed;
  }

  /** For loops that grow a chain: each link is one level of the tree. */
  limitDepth(depth: number): void {
    if (depth <= PARSE_DEPTH_MAX) return;
    this.fail(this.peek(), `expression is nested too deeply: want at most ${PARSE_DEPTH_MAX}`);
  }

  /** Refuses a construct whose feature is off. */
  requireFeature(feature: keyof ParseOptions, pos: Pos, reason: string): void {
    if (this.options[feature]) return;
    const flag = `--enable-feature=${FEATURE_FLAGS[feature]}`;
    this.fail(pos, reason.endsWith("with") ? `${reason} ${flag}` : `${reason}, use ${flag}`);
  }
}
