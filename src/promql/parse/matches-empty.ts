/** Whether a matcher accepts a series that lacks the label. */
import type { Matcher } from "#model/matcher.ts";
import { RegexMatcher } from "#model/regex-matcher.ts";

/** The pattern of a regular expression must be valid. */
export function matchesEmpty(matcher: Matcher): boolean {
  switch (matcher.kind) {
    case "=":
      return matcher.value === "";
    case "!=":
      return matcher.value !== "";
    case "=~":
      return new RegexMatcher(matcher.value).matches("");
    case "!~":
      return !new RegexMatcher(matcher.value).matches("");
  }
}
