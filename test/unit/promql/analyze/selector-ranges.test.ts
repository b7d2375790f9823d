/** The time each selector has to read. Lookback is 5 minutes, the window [10,000 s, 20,000 s]. */
import { expect, test } from "vitest";
import { resolveQuery } from "#promql/analyze/resolve-query.ts";
import { selectorRanges, type SelectorRange } from "#promql/analyze/selector-ranges.ts";
import { ALL_PARSE_FEATURES } from "#promql/parse/parse-options.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";

const WINDOW = { startMs: 10_000_000, endMs: 20_000_000, stepMs: 15_000 };

function rangesOf(text: string): readonly SelectorRange[] {
  const resolved = resolveQuery(parsePromql(text, ALL_PARSE_FEATURES), WINDOW, text);
  return selectorRanges(resolved, WINDOW, 300_000);
}

test.each([
  ["foo", 9_700_001, 20_000_000],
  ["foo offset 10s", 9_690_001, 19_990_000],
  ["foo offset -10s", 9_710_001, 20_010_000],
  ["foo @ 5", -294_999, 5000],
  ["foo @ end() offset 1s", 19_699_001, 19_999_000],
  ["foo[1m]", 9_940_001, 20_000_000],
  ["foo[1m] offset 1m", 9_880_001, 19_940_000],
  ["foo[1m] @ start()", 9_940_001, 10_000_000],
  ["foo[1m] anchored", 9_640_001, 20_000_000],
  ["foo[1m] smoothed", 9_640_001, 20_300_000],
  ["foo smoothed", 9_700_001, 20_300_000],
  ["foo[1m:10s]", 9_640_001, 20_000_000],
  ["foo[1m:10s] offset 5s", 9_635_001, 19_995_000],
  ["foo[1m:10s] @ 100 offset 5s", -264_999, 95_000],
  ["sum_over_time(rate(foo[1m])[1h:10s])", 6_340_001, 20_000_000],
  ["max_over_time(sum_over_time(foo[1m:] offset 1s)[1h:] offset 1m)", 5_979_001, 19_939_000],
  ["max_over_time(sum_over_time(foo[1m:] @ 1000)[1h:] offset 1m)", 640_001, 1_000_000],
  ["sum_over_time((foo @ 1000)[1h:])", 700_001, 1_000_000],
])("%s reads from %i to %i", (text, minMs, maxMs) => {
  expect(rangesOf(text)).toMatchObject([{ minMs, maxMs }]);
});

test("each selector has its own range and the function nearest to it", () => {
  const ranges = rangesOf("sum(rate(a[1m])) / (b + max by (x) (-c @ 5)) or topk(scalar(d), e)");
  expect(ranges.map(({ selector, rangeMs, func }) => [selector.name, rangeMs, func])).toEqual([
    ["a", 60_000, "rate"],
    ["b", 0, ""],
    ["c", 0, "max"],
    ["d", 0, "scalar"],
    ["e", 0, "topk"],
  ]);
});

test("a query without selectors reads nothing", () => {
  expect(rangesOf("time() + 1")).toEqual([]);
});
