/**
 * Answers of the query endpoints byte for byte: field order, float and timestamp texts, histograms,
 * annotations, limits, statistics. `data/` holds what clients have been promised.
 */
import { expect, test } from "vitest";
import type { FloatHistogram } from "#model/float-histogram.ts";
import { labelsOf } from "#model/labels.ts";
import type { MatrixResult, QueryResult, VectorResult } from "#promql/query-result.ts";
import { COMMON, FakeScope, textOf } from "../../unit/http/api-v1/fake-scope.ts";

const EXPONENTIAL: FloatHistogram = {
  schema: 0,
  counterResetHint: "unknown",
  count: 12.5,
  sum: -3.25,
  stale: false,
  zeroThreshold: 0.001,
  zeroCount: 2,
  positiveSpans: [
    { offset: 0, length: 2 },
    { offset: 1, length: 2 },
  ],
  positiveBuckets: Float64Array.of(1, 2, 0, 4.5),
  negativeSpans: [{ offset: -1, length: 2 }],
  negativeBuckets: Float64Array.of(1, 2),
  customValues: new Float64Array(),
};

const CUSTOM: FloatHistogram = {
  ...EXPONENTIAL,
  schema: -53,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 6,
  sum: 9,
  positiveSpans: [{ offset: 0, length: 3 }],
  positiveBuckets: Float64Array.of(1, 2, 3),
  negativeSpans: [],
  negativeBuckets: new Float64Array(),
  customValues: Float64Array.of(0.5, 10),
};

const EMPTY: FloatHistogram = {
  ...CUSTOM,
  count: 0,
  sum: 0,
  positiveSpans: [],
  positiveBuckets: new Float64Array(),
};

const VECTOR: VectorResult = {
  ...COMMON,
  kind: "vector",
  timestampMs: 1_700_000_000_050,
  labels: [
    labelsOf([
      ["__name__", "up"],
      ["job", 'a"b\\c\nd'],
    ]),
    labelsOf([["instance", "é\u{1f600}"]]),
    labelsOf([]),
    labelsOf([["h", "1"]]),
  ],
  values: Float64Array.of(1, Number.NaN, 1e-7, 0),
  histograms: [null, null, null, EXPONENTIAL],
};

const MATRIX: MatrixResult = {
  ...COMMON,
  kind: "matrix",
  labels: [labelsOf([["a", "1"]]), labelsOf([["a", "2"]]), labelsOf([["a", "3"]])],
  sampleStart: Uint32Array.of(0, 3, 5, 7),
  timestamps: Float64Array.of(0, 500, 1000, 0, 1000, 0, 1000),
  values: Float64Array.of(1, 1, 2.5, 0, 0, Infinity, 0),
  histograms: [null, null, null, CUSTOM, EMPTY, null, CUSTOM],
};

const CASES: readonly (readonly [string, QueryResult, Record<string, string>])[] = [
  ["scalar", { ...COMMON, kind: "scalar", timestampMs: 1_700_000_000_000, value: 0.1 }, {}],
  ["scalar-tiny", { ...COMMON, kind: "scalar", timestampMs: 1500, value: 1.5e-7 }, {}],
  ["scalar-huge", { ...COMMON, kind: "scalar", timestampMs: 1500, value: -1e21 }, {}],
  ["string", { ...COMMON, kind: "string", timestampMs: 1500, value: 'say "hi"' }, {}],
  ["vector", VECTOR, {}],
  ["vector-empty", { ...VECTOR, labels: [], values: new Float64Array(), histograms: null }, {}],
  ["vector-limit", VECTOR, { limit: "1" }],
  ["matrix", MATRIX, {}],
  ["stats", { ...COMMON, kind: "scalar", timestampMs: 0, value: 1 }, { stats: "all" }],
  [
    "annotations",
    {
      ...COMMON,
      kind: "scalar",
      timestampMs: 0,
      value: 1,
      warnings: Array.from({ length: 12 }, (_, i) => `PromQL warning: number ${i} (1:${i + 1})`),
      infos: ["PromQL info: one (1:1)"],
    },
    {},
  ],
];

test.each(CASES)("%s", async (name, result, params) => {
  const scope = new FakeScope();
  scope.result = () => Promise.resolve(result);
  const answer = await scope.handle("/api/v1/query", { query: "x", ...params });
  expect(answer.status).toBe(200);
  expect(answer.headers).toEqual({ "content-type": "application/json" });
  const text = textOf(answer);
  expect(() => JSON.parse(text) as unknown).not.toThrow();
  await expect(`${text}\n`).toMatchFileSnapshot(`data/${name}.json`);
});
