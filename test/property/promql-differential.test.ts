/**
 * The differential run's own parts: queries are valid and cover the language, data is what its
 * profile promises, answers are told apart, lists shrink. The run itself is a system test.
 */
import { expect, test } from "vitest";
import type { ApiSeries, Answer } from "#test/differential/answers/answer.ts";
import { compareAnswers } from "#test/differential/answers/compare-answers.ts";
import { compareNotes } from "#test/differential/answers/compare-notes.ts";
import type { DataProfile } from "#test/differential/data/data-set.ts";
import { makeDataSet } from "#test/differential/data/make-data-set.ts";
import { LANGUAGE_2_42, LANGUAGE_3_14 } from "#test/differential/queries/language.ts";
import { makeQuery } from "#test/differential/queries/make-query.ts";
import { KNOWN_DIFFERENCES, RULES_MAX } from "#test/differential/rules/known-differences.ts";
import { dropItems } from "#test/differential/shrink/drop-items.ts";
import { movedQuery, smallerQueries } from "#test/differential/shrink/query-steps.ts";
import { scriptText } from "#test/differential/shrink/script-text.ts";
import { PLANTED_BUGS } from "#test/differential/planted/planted-bugs.ts";
import { patched } from "#test/differential/variants/source-patch.ts";
import { readFileSync } from "node:fs";
import { labelsOf } from "#model/labels.ts";
import { walkExpr } from "#promql/analyze/walk-expr.ts";
import { ALL_PARSE_FEATURES, DEFAULT_PARSE_OPTIONS } from "#promql/parse/parse-options.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";

const PROFILES: readonly DataProfile[] = ["quiet", "edges", "native"];
const QUERIES = 1500;
/** Needs a store of start timestamps, which remote write 1.0 does not carry. */
const NOT_ASKED = ["start_timestamp"];

/** Names of functions and aggregations in the queries about one data set. */
function namesUsed(profile: DataProfile): Set<string> {
  const data = makeDataSet(7, 0, profile);
  const language = profile === "quiet" ? LANGUAGE_2_42 : LANGUAGE_3_14;
  const names = new Set<string>();
  for (let queryIndex = 0; queryIndex < QUERIES; queryIndex++) {
    const query = makeQuery({ seed: 7, dataIndex: 0, queryIndex }, data, language);
    const options = profile === "quiet" ? DEFAULT_PARSE_OPTIONS : ALL_PARSE_FEATURES;
    walkExpr(parsePromql(query.text, options), (expr) => {
      if (expr.kind === "call") names.add(expr.func.name);
      if (expr.kind === "aggregate") names.add(expr.op);
    });
  }
  return names;
}

test("queries are valid and use all of the language", () => {
  const old = namesUsed("quiet");
  expect(
    [...LANGUAGE_2_42.functions, ...LANGUAGE_2_42.aggregations].filter((n) => !old.has(n)),
  ).toEqual([]);
  const all = new Set([...namesUsed("edges"), ...namesUsed("native"), ...NOT_ASKED]);
  expect(
    [...LANGUAGE_3_14.functions, ...LANGUAGE_3_14.aggregations].filter((n) => !all.has(n)),
  ).toEqual([]);
});

test.each(PROFILES)("the same seed gives the same %s data and queries", (profile) => {
  const [a, b] = [makeDataSet(3, 5, profile), makeDataSet(3, 5, profile)];
  expect(a).toEqual(b);
  const seed = { seed: 3, dataIndex: 5, queryIndex: 11 };
  expect(makeQuery(seed, a, LANGUAGE_2_42)).toEqual(makeQuery(seed, b, LANGUAGE_2_42));
  expect(makeDataSet(4, 5, profile)).not.toEqual(a);
});

test("quiet samples lie on no edge a query can have", () => {
  for (let index = 0; index < 4; index++) {
    const { series } = makeDataSet(1, index, "quiet");
    const times = series.flatMap(({ samples }) => samples.map(({ timeMs }) => timeMs));
    expect(times.filter((timeMs) => timeMs % 500 === 0)).toEqual([]);
  }
});

test.each(PROFILES)("%s samples ascend, with gaps, markers and resets among them", (profile) => {
  const { series } = makeDataSet(2, 1, profile);
  let stale = 0;
  let falls = 0;
  let descents = 0;
  for (const { samples } of series) {
    samples.forEach(({ timeMs, value }, at) => {
      const before = samples[at - 1];
      if (value === "stale") stale++;
      if (before === undefined) return;
      if (timeMs <= before.timeMs) descents++;
      if (typeof value === "number" && typeof before.value === "number" && value < before.value) {
        falls++;
      }
    });
  }
  expect(descents).toBe(0);
  expect(stale).toBeGreaterThan(0);
  expect(falls).toBeGreaterThan(0);
});

function vector(...result: ApiSeries[]): Answer {
  return { kind: "data", data: { resultType: "vector", result }, warnings: [], infos: [] };
}

const OPTIONS = { tolerance: { share: 1e-9, absolute: 1e-300 }, isOrdered: false };
const A: ApiSeries = { metric: { a: "1" }, value: [5, "1"] };
const B: ApiSeries = { metric: { a: "2" }, value: [5, "2"] };

test.each<[string, Answer, Answer, string | null]>([
  ["the same", vector(A, B), vector(A, B), null],
  ["another order", vector(A, B), vector(B, A), null],
  ["rounding", vector({ ...A, value: [5, "1.0000000001"] }), vector(A), null],
  ["another value", vector({ ...A, value: [5, "1.00001"] }), vector(A), "value"],
  ["NaN for a number", vector({ ...A, value: [5, "NaN"] }), vector(A), "value"],
  ["another time", vector({ ...A, value: [6, "1"] }), vector(A), "points"],
  ["missing", vector(A), vector(A, B), "series"],
  ["surplus", vector(A, B), vector(A), "series"],
  ["twice", vector(A, A), vector(A), "series"],
  ["an error", { kind: "error", errorType: "execution", error: "no" }, vector(A), "error"],
])("%s", (_, got, want, kind) => {
  expect(compareAnswers(got, want, OPTIONS)?.kind ?? null).toBe(kind);
});

test("sorted answers keep their order, equal values aside", () => {
  const ordered = { ...OPTIONS, isOrdered: true };
  expect(compareAnswers(vector(A, B), vector(B, A), ordered)?.kind).toBe("order");
  const [c, d]: ApiSeries[] = ["3", "4"].map((a) => ({ metric: { a }, value: [5, "1"] }));
  expect(compareAnswers(vector(c!, d!), vector(d!, c!), ordered)).toBeNull();
});

test("notes are compared without their places", () => {
  const data = { resultType: "vector", result: [A] };
  const noted = (...infos: string[]): Answer => ({ kind: "data", data, warnings: [], infos });
  expect(compareNotes(noted("PromQL info: x (1:2)"), noted("PromQL info: x (1:9)"))).toBeNull();
  expect(compareNotes(noted("PromQL info: x (1:2)"), noted())?.kind).toBe("notes");
});

test("dropping items leaves the smallest list that still holds", async () => {
  const items = Array.from({ length: 40 }, (_, i) => i);
  const hasBoth = (fewer: readonly number[]) =>
    Promise.resolve(fewer.includes(7) && fewer.includes(31));
  expect(await dropItems(items, hasBoth)).toEqual([7, 31]);
});

test("smaller queries are parts of the query that parse", () => {
  const smaller = smallerQueries('sum by (a) (rate(x{a="1"}[5m] offset 1m)) * 2', false);
  expect(smaller).toContain('rate(x{a="1"}[5m] offset 1m)');
  expect(smaller).toContain('sum by (a) (rate(x{a="1"}[5m])) * 2');
  expect(smaller).toContain("sum by (a) (rate(x[5m] offset 1m)) * 2");
  expect(smaller.every((text) => parsePromql(text, ALL_PARSE_FEATURES) !== null)).toBe(true);
  const moved = movedQuery("x @ 100 + sum_over_time(y[5m:1m] @ 20)", -10_000);
  expect(moved).toBe("x @ 90.000 + sum_over_time(y[5m:1m] @ 10.000)");
});

test("a case becomes a script", () => {
  const sample = (timeMs: number, value: number | "stale") => ({ timeMs, startMs: 0, value });
  const labels = labelsOf([["__name__", "x"]]);
  const series = [{ labels, samples: [sample(30_000, 1), sample(60_000, "stale")] }];
  const times = { isInstant: true, startMs: 45_000, endMs: 45_000, stepMs: 0 };
  const query = { text: "x", isOrdered: false, ...times };
  const want = vector({ metric: { __name__: "x" }, value: [45, "1"] });
  expect(scriptText({ series, query }, want, "origin")).toBe(
    '# origin\nload 30s\n  {__name__="x"} _ 1 stale\n\n' +
      'eval instant at 45s x\n  {__name__="x"} 1\n',
  );
});

test("rules and planted bugs fit the source they change", () => {
  expect(KNOWN_DIFFERENCES.length).toBeLessThanOrEqual(RULES_MAX);
  const patches = [
    ...KNOWN_DIFFERENCES.flatMap((rule) => rule.patches ?? []),
    ...PLANTED_BUGS.map(({ patch }) => patch),
  ];
  for (const patch of patches) {
    const source = readFileSync(new URL(`../../${patch.path}`, import.meta.url), "utf8");
    expect(patched(source, patch)).not.toBe(source);
  }
});
