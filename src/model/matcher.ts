/** A label matcher as a selector carries it. Regular expressions are anchored, RE2 syntax. */
export type MatcherKind = "=" | "!=" | "=~" | "!~";

export interface Matcher {
  readonly kind: MatcherKind;
  readonly name: string;
  /** The literal, or the source of the regular expression. Empty matches an absent label. */
  readonly value: string;
}
