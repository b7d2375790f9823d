/** Features that are off are refused with the name of the flag that turns them on. */
import { expect, test } from "vitest";
import {
  ALL_PARSE_FEATURES,
  DEFAULT_PARSE_OPTIONS,
  type ParseOptions,
} from "#promql/parse/parse-options.ts";
import { FUNCTIONS } from "#promql/parse/function-table.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";

test.each<[keyof ParseOptions, string, string]>([
  [
    "experimentalFunctions",
    "info(foo)",
    'function "info" is not enabled, use --enable-feature=promql-experimental-functions',
  ],
  [
    "experimentalFunctions",
    "limitk(1, foo)",
    "limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions",
  ],
  [
    "durationExpressions",
    "foo[5m + 1m]",
    "experimental duration expression is not enabled, use --enable-feature=promql-duration-expr",
  ],
  [
    "durationExpressions",
    "foo offset step()",
    "experimental duration expression is not enabled, use --enable-feature=promql-duration-expr",
  ],
  [
    "fillModifiers",
    "a + fill(0) b",
    "binop fill modifiers are experimental and not enabled, " +
      "use --enable-feature=promql-binop-fill-modifiers",
  ],
  [
    "extendedRangeSelectors",
    "foo[5m] anchored",
    "anchored modifier is experimental and not enabled, " +
      "use --enable-feature=promql-extended-range-selectors",
  ],
])("%s: %s", (feature, text, reason) => {
  const without = { ...ALL_PARSE_FEATURES, [feature]: false };
  expect(() => parsePromql(text, without)).toThrow(reason);
  expect(() => parsePromql(text, ALL_PARSE_FEATURES)).not.toThrow();
});

test("a stock server has duration expressions and nothing else", () => {
  expect(DEFAULT_PARSE_OPTIONS).toEqual({
    experimentalFunctions: false,
    durationExpressions: true,
    fillModifiers: false,
    extendedRangeSelectors: false,
  });
  expect(() => parsePromql("foo[step() * 2] </ 5")).toThrow("instant vector types");
  expect(() => parsePromql("foo </ 5")).not.toThrow();
});

test("names that became functions or modifiers stay metric names", () => {
  for (const name of ["fill", "fill_left", "anchored", "step", "min_of", "info", "limitk"]) {
    expect(() => parsePromql(`${name} + ${name}{a="b"}`), name).not.toThrow();
  }
});

test("there are 90 functions, 17 of them experimental", () => {
  const all = [...FUNCTIONS.values()];
  expect(all).toHaveLength(90);
  expect(all.filter((func) => func.experimental)).toHaveLength(17);
  expect(FUNCTIONS.get("label_join")).toEqual({
    name: "label_join",
    argTypes: ["vector", "string", "string", "string"],
    argCountMin: 3,
    argCountMax: Number.POSITIVE_INFINITY,
    returnType: "vector",
    experimental: false,
  });
  expect(FUNCTIONS.get("histogram_quantiles")).toMatchObject({ argCountMin: 3, argCountMax: 12 });
  expect(FUNCTIONS.get("hour")).toMatchObject({ argCountMin: 0, argCountMax: 1 });
});
