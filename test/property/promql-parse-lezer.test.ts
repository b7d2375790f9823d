/**
 * The grammar of the Prometheus editor as a second opinion on what is PromQL. It checks syntax only
 * and differs from the server's own parser in the ways listed here; everywhere else both must agree.
 */
import { parser as lezer } from "@prometheus-io/lezer-promql";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ALL_PARSE_FEATURES } from "#promql/parse/parse-options.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";
import type { PromqlParseError } from "#promql/parse/promql-parse-error.ts";
import { brokenQuery, tokenSoup, validQuery } from "./promql-parse-texts.ts";

/** Valid PromQL the editor's grammar refuses. */
const LEZER_REFUSES: Readonly<Record<string, RegExp>> = {
  "a number ending in a dot": /\d\.(?!\d)/,
  "digit separators in hexadecimal numbers": /0[xX][0-9a-fA-F]*_/,
  "a metric named like a modifier": /offset|anchored|smoothed/i,
  "min_of and max_of as functions of scalars": /(min|max)_of/i,
  "upper-case names of duration functions": /STEP|RANGE/,
  "a colon in a label of a grouping": /\([^)]*:/,
  "a character beyond the basic plane or a control character in a string": /[^\t\n -~é]/,
};

/** What it accepts although the server calls it a syntax error. */
const LEZER_ACCEPTS: Readonly<Record<string, RegExp>> = {
  "atan2 as a metric name": /unexpected <op:atan2>/i,
  "inf and nan as labels or durations": /unexpected (number "(inf|nan)"|character.*'[iInN]')/i,
  "a comment or string cut off by the end of the text": /end of input/,
};

function lezerAccepts(text: string): boolean {
  let accepts = true;
  lezer.parse(text).iterate({
    enter(node) {
      if (node.type.isError) accepts = false;
    },
  });
  return accepts;
}

function reasonOf(text: string): string | null {
  try {
    parsePromql(text, ALL_PARSE_FEATURES);
    return null;
  } catch (error) {
    return (error as PromqlParseError).reason;
  }
}

function isKnown(gaps: Readonly<Record<string, RegExp>>, text: string): boolean {
  return Object.values(gaps).some((gap) => gap.test(text));
}

test("the editor's grammar accepts what this parser accepts", () => {
  fc.assert(
    fc.property(fc.oneof(validQuery, brokenQuery, tokenSoup), (text) => {
      if (reasonOf(text) !== null || isKnown(LEZER_REFUSES, text)) return;
      expect(lezerAccepts(text), text).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("the editor's grammar refuses what this parser calls unexpected", () => {
  fc.assert(
    fc.property(fc.oneof(brokenQuery, tokenSoup), (text) => {
      const reason = reasonOf(text);
      if (!reason?.startsWith("unexpected ") || isKnown(LEZER_ACCEPTS, reason)) return;
      expect(lezerAccepts(text), `${text}: ${reason}`).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  "sum by (job) (rate(http_requests_total[5m]))",
  "a * on (x) group_left (y) b offset 5m",
  'label_replace(up, "a", "$1", "b", "(.*)")',
  "foo[step() * 2] offset -(1m + range())",
  "quantile_over_time(0.9, foo[1h:1m] @ end())",
])("both read %s", (text) => {
  expect(reasonOf(text)).toBeNull();
  expect(lezerAccepts(text)).toBe(true);
});
