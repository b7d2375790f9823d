import { labelsOf } from "#model/labels.ts";
import { TIMESTAMP_MS_MAX, TIMESTAMP_MS_MIN } from "#model/refs.ts";
import { beforeEach, expect, test } from "vitest";
import { FakeScope, textOf } from "./fake-scope.ts";

const PATH = "/api/v1/query_exemplars";
let scope: FakeScope;

beforeEach(() => {
  scope = new FakeScope();
});

test("exemplars are written as Prometheus writes them", async () => {
  scope.exemplarSeries = [
    {
      labels: labelsOf([["__name__", "a"]]),
      exemplars: [
        { labels: labelsOf([["trace_id", "t1"]]), value: 1.5, timestampMs: 1_600_000_000_123 },
        { labels: labelsOf([]), value: Number.NaN, timestampMs: -1000 },
      ],
    },
    {
      labels: labelsOf([["__name__", "b"]]),
      exemplars: [{ labels: labelsOf([["x", "y"]]), value: 1e21, timestampMs: 0 }],
    },
  ];
  const answer = await scope.handle(PATH, { query: "a" });
  expect(textOf(answer)).toBe(
    '{"status":"success","data":[{"seriesLabels":{"__name__":"a"},"exemplars":[' +
      '{"labels":{"trace_id":"t1"},"value":"1.5","timestamp":1600000000.123},' +
      '{"labels":{},"value":"NaN","timestamp":-1}]},' +
      '{"seriesLabels":{"__name__":"b"},"exemplars":[' +
      '{"labels":{"x":"y"},"value":"1e+21","timestamp":0}]}]}',
  );
});

test("all selectors of the expression are asked for, in the time range given", async () => {
  const query = 'histogram_quantile(0.9, rate(h_bucket{job="x"}[5m] offset 1h)) / up';
  await scope.handle(PATH, { query, start: "10", end: "20.5" });
  await scope.handle(PATH, { query: "up" });
  const up = [{ kind: "=", name: "__name__", value: "up" }];
  expect(scope.exemplarSelects).toMatchObject([
    {
      tenant: 0,
      minMs: 10_000,
      maxMs: 20_500,
      selectors: [
        expect.arrayContaining([
          { kind: "=", name: "__name__", value: "h_bucket" },
          { kind: "=", name: "job", value: "x" },
        ]),
        up,
      ],
    },
    { minMs: TIMESTAMP_MS_MIN, maxMs: TIMESTAMP_MS_MAX, selectors: [up] },
  ]);
});

test("no series gives an empty list, no selector no data at all", async () => {
  expect(textOf(await scope.handle(PATH, { query: "up" }))).toBe('{"status":"success","data":[]}');
  expect(textOf(await scope.handle(PATH, { query: "1 + 1" }))).toBe('{"status":"success"}');
});

test.each([
  [{ query: "up{" }, "query"],
  [{}, "query"],
  [{ query: "up", start: "5", end: "4" }, "end"],
  [{ query: "up", start: "x" }, "start"],
])("%j is refused", async (params, name) => {
  const answer = await scope.handle(PATH, params as Record<string, string>);
  expect(answer.status).toBe(400);
  expect(textOf(answer)).toContain(name);
});
