/**
 * Compiled form of the matchers of one selector: compile once, then ask per label set. An absent
 * label counts as the empty string.
 */
import { labelValue, type Labels } from "./labels.ts";
import type { Matcher } from "./matcher.ts";
import { RegexMatcher } from "./regex-matcher.ts";

/** True for values the matcher accepts. Throws an `Error` for an invalid pattern. */
export function compileMatcher(matcher: Matcher): (value: string) => boolean {
  const { value: want } = matcher;
  switch (matcher.kind) {
    case "=":
      return (value) => value === want;
    case "!=":
      return (value) => value !== want;
    case "=~": {
      const regex = new RegexMatcher(want);
      return (value) => regex.matches(value);
    }
    case "!~": {
      const regex = new RegexMatcher(want);
      return (value) => !regex.matches(value);
    }
  }
}

export function compileMatchers(matchers: readonly Matcher[]): (labels: Labels) => boolean {
  const tests = matchers.map((matcher) => ({ name: matcher.name, test: compileMatcher(matcher) }));
  return (labels) => tests.every(({ name, test }) => test(labelValue(labels, name)));
}
