/**
 * A matcher in the form the index works with. A matcher that accepts the empty string also accepts
 * series without the label, so it cannot be answered from the label's postings alone: it names the
 * series to leave out. Any other matcher names the series to take.
 */
import type { Matcher } from "#model/matcher.ts";
import { RegexMatcher } from "#model/regex-matcher.ts";
import type { LabelIndex } from "./label-index.ts";

export interface IndexMatcher {
  /** Take the union of `lists` if "take", all but the union if "drop". */
  readonly role: "take" | "drop";
  /** Disjoint, each ascending. */
  readonly lists: readonly Uint32Array[];
}

/** Looks the matcher up. Throws an `Error` for an invalid regular expression. */
export function lookUpMatcher(index: LabelIndex, matcher: Matcher): IndexMatcher {
  const { name, kind, value: want } = matcher;
  switch (kind) {
    case "=":
      return want === ""
        ? { role: "drop", lists: index.refsWhere(name, () => true) }
        : { role: "take", lists: [index.refsOf(name, want)] };
    case "!=":
      return want === ""
        ? { role: "take", lists: index.refsWhere(name, () => true) }
        : { role: "drop", lists: [index.refsOf(name, want)] };
    case "=~":
    case "!~":
      return lookUpRegex(index, name, new RegexMatcher(want), kind === "!~");
  }
}

function lookUpRegex(
  index: LabelIndex,
  name: string,
  regex: RegexMatcher,
  isNegated: boolean,
): IndexMatcher {
  const matchesEmpty = regex.matches("");
  const acceptsEmpty = matchesEmpty !== isNegated;
  const role = acceptsEmpty ? "drop" : "take";
  // Either way the lists needed are those of values that decide unlike the empty string.
  const wantMatching = !matchesEmpty;
  const { literals } = regex;
  if (literals !== null && wantMatching) {
    const distinct = [...new Set(literals)];
    return { role, lists: distinct.map((literal) => index.refsOf(name, literal)) };
  }
  return { role, lists: index.refsWhere(name, (value) => regex.matches(value) === wantMatching) };
}
