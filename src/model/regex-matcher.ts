/**
 * Regular expressions of label matchers: RE2 syntax, anchored at both ends, dot matches newlines
 * (`^(?s:...)$`). Matching time is linear in the input whatever the pattern, so text from clients
 * may come here; it never reaches `RegExp`. The common shapes (literals, alternatives of literals,
 * prefix, suffix, contains, anything) are decided without the engine. Repeats (1,000 in total along
 * one nesting path), nesting depth and program size are bounded by the engine itself.
 */
import { RE2JS } from "re2js";

/** Longest pattern in UTF-16 units. Dashboards send thousands of alternatives, never more. */
export const REGEX_PATTERN_UNITS_MAX: number = 64 * 1024;
export class RegexMatcher {
  readonly source: string;
  readonly #test: (value: string) => boolean;
  /** The only values it matches, when they are few and known; else null. */
  readonly literals: readonly string[] | null;

  /** Throws an `Error` with RE2's words when the pattern is not valid. */
  constructor(source: string) {
    assertBounded(source);
    this.source = source;
    this.literals = literalAlternatives(source);
    this.#test = this.literals === null ? testOf(source) : testLiterals(this.literals);
  }

  matches(value: string): boolean {
    return this.#test(value);
  }
}

function assertBounded(source: string): void {
  if (source.length > REGEX_PATTERN_UNITS_MAX) {
    throw new Error(
      `error parsing regexp: expression too long: got ${source.length} characters, ` +
        `want at most ${REGEX_PATTERN_UNITS_MAX}`,
    );
  }
}

const META = /[\\.+*?()|[\]{}^$]/;

function literalAlternatives(source: string): readonly string[] | null {
  const body = /^\(([^()?][^()]*)\)$/.exec(source)?.[1] ?? source;
  const parts = body.split("|").map(unescapeLiteral);
  return parts.some((part) => part === null) ? null : (parts as string[]);
}

/** The text a piece of pattern stands for, or null when it is more than text. */
function unescapeLiteral(piece: string): string | null {
  let text = "";
  for (let i = 0; i < piece.length; i++) {
    const unit = piece[i]!;
    if (unit === "\\") {
      const next = piece[++i];
      // Only escaped punctuation is plain text; letters and digits are classes or code points.
      if (next === undefined || !/^[!-/:-@[-`{-~]$/.test(next)) return null;
      text += next;
    } else if (META.test(unit)) {
      return null;
    } else {
      text += unit;
    }
  }
  return text;
}

function testLiterals(literals: readonly string[]): (value: string) => boolean {
  if (literals.length === 1) {
    const [only] = literals;
    return (value) => value === only;
  }
  const set = new Set(literals);
  return (value) => set.has(value);
}

function testOf(source: string): (value: string) => boolean {
  return testAffixes(source) ?? testWithEngine(source);
}

/** `.*` or `.+` at one or both ends around plain text. */
function testAffixes(source: string): ((value: string) => boolean) | null {
  const shape = /^(\.[*+])?(.*?)(\.[*+])?$/s.exec(source)!;
  const middle = unescapeLiteral(shape[2]!);
  if (middle === null) return null;
  // Dot matches one code point, so "at least one" means a longer string on that side.
  const before = wildcardMin(shape[1]);
  const after = wildcardMin(shape[3]);
  if (middle === "") {
    const least = Math.max(before, 0) + Math.max(after, 0);
    return least < 2 ? (value) => value.length >= least : null;
  }
  if (before < 0) {
    return (value) => value.startsWith(middle) && value.length >= middle.length + after;
  }
  if (after < 0) {
    return (value) => value.endsWith(middle) && value.length >= middle.length + before;
  }
  return (value) => {
    const at = value.indexOf(middle, before);
    return at >= 0 && at + middle.length + after <= value.length;
  };
}

/** Least length of a wildcard; -1 when there is none. */
function wildcardMin(wildcard: string | undefined): number {
  if (wildcard === undefined) return -1;
  return wildcard === ".+" ? 1 : 0;
}

function testWithEngine(source: string): (value: string) => boolean {
  const compiled = RE2JS.compile(`^(?s:${source})$`);
  // Asks for no captures, so the cached automaton answers, not the far slower simulation.
  return (value) => compiled.test(value);
}
