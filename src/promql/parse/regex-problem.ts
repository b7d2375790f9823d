/** Says at parse time what is wrong with a regular expression, in RE2's words. */
import { RE2JS } from "re2js";
import { REGEX_PATTERN_UNITS_MAX, RegexMatcher } from "#model/regex-matcher.ts";

/** Null when the pattern is valid. */
export function regexProblem(pattern: string): string | null {
  try {
    // The anchored form compiles `a)(b`, which is not a pattern of its own.
    if (closesUnopened(pattern)) RE2JS.compile(pattern);
    new RegexMatcher(pattern);
    return null;
  } catch (error) {
    return unanchoredProblem(pattern) ?? String((error as Error).message);
  }
}

/** The message without the anchors around the pattern. */
function unanchoredProblem(pattern: string): string | null {
  if (pattern.length > REGEX_PATTERN_UNITS_MAX) return null;
  try {
    RE2JS.compile(pattern);
    return null;
  } catch (error) {
    return String((error as Error).message);
  }
}

/** A cheap look: true when some `)` outside escapes and classes has no `(` before it. */
function closesUnopened(pattern: string): boolean {
  let depth = 0;
  for (const [piece] of pattern.matchAll(/\\.|\[\^?\]?(?:\\.|[^\]])*\]|[()]/gs)) {
    if (piece === "(") depth++;
    if (piece === ")" && --depth < 0) return true;
  }
  return false;
}
