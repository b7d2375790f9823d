/** Covers: src/model/matches-labels.ts */
import { expect, test } from "vitest";
import { labelsOf } from "#model/labels.ts";
import { compileMatchers } from "#model/matches-labels.ts";
import { RegexMatcher, REGEX_PATTERN_UNITS_MAX } from "#model/regex-matcher.ts";

test.each([
  ["abc", ["abc"], ["ab", "abcd", "xabc", ""]],
  ["a|b|", ["a", "b", ""], ["ab", "c"]],
  ["(foo|ba\\.r)", ["foo", "ba.r"], ["bar", "ba\\.r"]],
  [".*", ["", "x", "a\nb"], []],
  [".+", ["x", "\n"], [""]],
  ["api.*", ["api", "api/v1", "api\n"], ["xapi"]],
  [".*api", ["api", "/api"], ["apis"]],
  ["api.+", ["apis"], ["api", "xapis"]],
  [".+api", ["xapi"], ["api"]],
  [".*api.*", ["api", "xapiy"], ["ap"]],
  [".+a.+", ["xay", "aaa"], ["aa", "ax", "xa", "bb"]],
  ["a\\d+", ["a1"], ["a", "ad"]],
  ["(?i)up", ["UP", "up"], ["u"]],
  ["(?P<name>a|b)[[:digit:]]", ["a1"], ["a"]],
  ["a.c", ["a\nc", "a\u{1f600}c"], ["ac"]],
])("%s", (source, accepted, rejected) => {
  const matcher = new RegexMatcher(source);
  expect(accepted.filter((value) => !matcher.matches(value))).toEqual([]);
  expect(rejected.filter((value) => matcher.matches(value))).toEqual([]);
});

test("knows its literals", () => {
  expect(new RegexMatcher("a|b\\+").literals).toEqual(["a", "b+"]);
  expect(new RegexMatcher("a|b.").literals).toBeNull();
});

test.each(["a(b", "[z-a]", "a{1001}", "(a{100}){100}", "\\xZZ", "(?<=a)b"])(
  "%s is refused",
  (source) => {
    expect(() => new RegexMatcher(source)).toThrow(/error parsing regexp/);
  },
);

test("a pattern beyond the limit is refused before it is compiled", () => {
  const source = "a|".repeat(REGEX_PATTERN_UNITS_MAX / 2 + 1);
  expect(() => new RegexMatcher(source)).toThrow(/too long/);
});

test("nested stars stay linear", () => {
  const matcher = new RegexMatcher("(a*)*b");
  expect(matcher.matches("a".repeat(20_000))).toBe(false);
});

test("matchers all have to hold, absent labels are empty", () => {
  const labels = labelsOf([
    ["__name__", "up"],
    ["job", "a"],
  ]);
  const holds = (kind: "=" | "!=" | "=~" | "!~", name: string, value: string): boolean =>
    compileMatchers([
      { kind: "=", name: "__name__", value: "up" },
      { kind, name, value },
    ])(labels);
  expect(holds("=", "job", "a")).toBe(true);
  expect(holds("!=", "job", "a")).toBe(false);
  expect(holds("=~", "job", "a|b")).toBe(true);
  expect(holds("!~", "job", "a.*")).toBe(false);
  expect(holds("=", "none", "")).toBe(true);
  expect(holds("=~", "none", ".+")).toBe(false);
});
