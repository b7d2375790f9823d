/** Hostile texts end in an error, not in a crash. */
import { expect, test } from "vitest";
import { QUERY_TEXT_UNITS_MAX } from "#promql/parse/tokenize.ts";
import { PARSE_DEPTH_MAX } from "#promql/parse/parse-limits.ts";
import { ALL_PARSE_FEATURES } from "#promql/parse/parse-options.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";
import { formatPromql } from "#promql/parse/format.ts";
import { printPromql } from "#promql/parse/print.ts";

const MANY = 12_000;

const NESTED: Readonly<Record<string, (depth: number) => string>> = {
  parentheses: (n) => `${"(".repeat(n)}a${")".repeat(n)}`,
  signs: (n) => `${"-".repeat(n)}a`,
  calls: (n) => `${"abs(".repeat(n)}a${")".repeat(n)}`,
  aggregations: (n) => `${"sum(".repeat(n)}a${")".repeat(n)}`,
  chain: (n) => `a${" + a".repeat(n)}`,
  powers: (n) => `2${" ^ 2".repeat(n)}`,
  offset: (n) => `a offset ${"(".repeat(n)}step()${")".repeat(n)}`,
  "duration signs": (n) => `a[${"-".repeat(n)}step()]`,
  "duration chain": (n) => `a[1m${" + 1m".repeat(n)}]`,
  "mixed chain": (n) => `${"(a + ".repeat(n)}a${") * a".repeat(n)}`,
};

test.each(Object.entries(NESTED))("too deep: %s", (_, text) => {
  expect(() => parsePromql(text(MANY), ALL_PARSE_FEATURES)).toThrow(/nested too deeply/);
});

test.each(Object.entries(NESTED))("a third of the depth is fine: %s", (_, text) => {
  const expr = parsePromql(text(Math.floor(PARSE_DEPTH_MAX / 3)), ALL_PARSE_FEATURES);
  const printed = printPromql(expr);
  expect(printPromql(parsePromql(printed, ALL_PARSE_FEATURES))).toBe(printed);
  expect(() => formatPromql(expr)).not.toThrow();
});

test("unclosed brackets do not recurse either", () => {
  expect(() => parsePromql("(".repeat(MANY))).toThrow(/nested too deeply/);
  expect(() => parsePromql("a[(".repeat(MANY), ALL_PARSE_FEATURES)).toThrow("parse error");
});

test("wide queries are not deep", () => {
  const labels = Array.from({ length: 5000 }, (_, i) => `l${i}`).join(",");
  expect(() => parsePromql(`sum by (${labels}) (a)`)).not.toThrow();
  expect(() => parsePromql(`label_join(a, "x"${', "y"'.repeat(5000)})`)).not.toThrow();
});

test("the text has a limit", () => {
  const padded = "a".padStart(QUERY_TEXT_UNITS_MAX);
  expect(() => parsePromql(padded)).not.toThrow();
  expect(() => parsePromql(` ${padded}`)).toThrow(/query text is too long: got 131073/);
});

test("a regular expression has a limit", () => {
  expect(() => parsePromql(`{a=~"${"a|".repeat(40_000)}"}`)).toThrow(/expression too long/);
});
