/**
 * The read API: parameters in, questions to engine and storage, envelopes out.
 * Covers: src/http/api-v1/
 */
import { beforeEach, expect, test } from "vitest";
import { EngineError } from "#base/engine-error.ts";
import { labelsOf } from "#model/labels.ts";
import { TIMESTAMP_MS_MAX, TIMESTAMP_MS_MIN } from "#model/refs.ts";
import { PromqlParseError } from "#promql/parse/promql-parse-error.ts";
import { executionError, PROMQL_CANCELED, PROMQL_TIMEOUT } from "#promql/query-errors.ts";
import { SHARD_UNAVAILABLE } from "#storage/storage-errors.ts";
import { COMMON, FakeScope, NOW_MS, textOf } from "./fake-scope.ts";

let scope: FakeScope;

beforeEach(() => {
  scope = new FakeScope();
});

async function errorOf(path: string, params: Record<string, string> = {}): Promise<unknown> {
  const answer = await scope.handle(path, params);
  return { http: answer.status, ...(JSON.parse(textOf(answer)) as object) };
}

test("an instant query is asked at its time, or now", async () => {
  await scope.handle("/api/v1/query", { query: "up" });
  await scope.handle("/api/v1/query", { query: "up", time: "1970-01-01T00:00:01Z" });
  expect(scope.asked).toEqual([
    { tenant: 0, text: "up", timeMs: NOW_MS, timeoutMs: 120_000, missing: null },
    { tenant: 0, text: "up", timeMs: 1000, timeoutMs: 120_000, missing: null },
  ]);
});

test("a request may ask for less time, not for more", async () => {
  await scope.handle("/api/v1/query", { query: "up", timeout: "5s", lookback_delta: "90" });
  await scope.handle("/api/v1/query", { query: "up", timeout: "1h" });
  expect(scope.asked[0]).toMatchObject({ timeoutMs: 5000, lookbackMs: 90_000 });
  expect(scope.asked[1]).toMatchObject({ timeoutMs: 120_000 });
});

test("a range query takes steps as durations or seconds", async () => {
  await scope.handle("/api/v1/query_range", { query: "up", start: "0", end: "60", step: "15s" });
  await scope.handle("/api/v1/query_range", { query: "up", start: "0", end: "60", step: "0.5" });
  expect(scope.asked).toMatchObject([
    { startMs: 0, endMs: 60_000, stepMs: 15_000 },
    { startMs: 0, endMs: 60_000, stepMs: 500 },
  ]);
});

test("a range may have exactly the points it may have", async () => {
  const params = { query: "up", start: "0", step: "1" };
  const good = await scope.handle("/api/v1/query_range", { ...params, end: "11000" });
  expect(good.status).toBe(200);
  expect(await errorOf("/api/v1/query_range", { ...params, end: "11001" })).toMatchObject({
    http: 400,
    errorType: "bad_data",
    error: expect.stringContaining("got 11001 points per series, want at most 11000"),
  });
});

test.each([
  ["/api/v1/query", { time: "soon" }, 'invalid parameter "time": got "soon", want seconds'],
  ["/api/v1/query", { timeout: "0" }, 'invalid parameter "timeout": got "0", want a positive'],
  ["/api/v1/query", { lookback_delta: "-1s" }, 'invalid parameter "lookback_delta"'],
  ["/api/v1/query", { limit: "-1" }, 'invalid parameter "limit": got "-1"'],
  ["/api/v1/query_range", { end: "1", step: "1" }, 'invalid parameter "start": got nothing'],
  ["/api/v1/query_range", { start: "1", step: "1" }, 'invalid parameter "end": got nothing'],
  ["/api/v1/query_range", { start: "1", end: "2" }, 'invalid parameter "step": got nothing'],
  ["/api/v1/query_range", { start: "2", end: "1", step: "1" }, 'invalid parameter "end"'],
  ["/api/v1/query_range", { start: "1", end: "2", step: "0" }, 'invalid parameter "step"'],
  ["/api/v1/series", {}, 'invalid parameter "match[]": got none'],
  ["/api/v1/series", { "match[]": "up[5m]" }, 'invalid parameter "match[]": got "up[5m]"'],
  ["/api/v1/series", { "match[]": "up offset 5m" }, 'invalid parameter "match[]"'],
  ["/api/v1/series", { "match[]": "{" }, 'invalid parameter "match[]": 1:2: parse error: '],
  ["/api/v1/labels", { start: "2", end: "1" }, 'invalid parameter "end"'],
  ["/api/v1/label/%ff/values", {}, 'invalid parameter "name"'],
  ["/api/v1/label/U__/values", {}, 'invalid parameter "name": got nothing'],
])("%s %j is bad data", async (path, params, want) => {
  expect(await errorOf(path, { query: "up", ...params })).toMatchObject({
    http: 400,
    status: "error",
    errorType: "bad_data",
    error: expect.stringContaining(want),
  });
});

test("a parse error is one of the query parameter, with its place", async () => {
  const text = "up +";
  scope.result = () =>
    Promise.reject(new PromqlParseError(text, { start: 4, end: 4 }, "unexpected end of input"));
  expect(await errorOf("/api/v1/query", { query: text })).toMatchObject({
    http: 400,
    errorType: "bad_data",
    error: 'invalid parameter "query": 1:5: parse error: unexpected end of input',
  });
});

test.each([
  [executionError("many-to-many matching not allowed"), 422, "execution"],
  [new EngineError(PROMQL_TIMEOUT, "cannot finish the query: 2m passed"), 503, "timeout"],
  [new EngineError(PROMQL_CANCELED, "cannot finish the query"), 499, "canceled"],
  [new EngineError(SHARD_UNAVAILABLE, "cannot read shard 3"), 503, "unavailable"],
] as const)("%s", async (error, http, errorType) => {
  scope.result = () => Promise.reject(error);
  const want = { http, status: "error", errorType, error: error.message };
  expect(await errorOf("/api/v1/query", { query: "up" })).toEqual(want);
});

test("a fault is internal, silent to the client and logged", async () => {
  scope.result = () => Promise.reject(new TypeError("secret"));
  const want = { http: 500, errorType: "internal", error: "internal error" };
  expect(await errorOf("/api/v1/query", { query: "up" })).toMatchObject(want);
  expect(scope.logLines).toHaveLength(1);
});

test("whatever an aborted query throws, it was canceled", async () => {
  const gone = new AbortController();
  gone.abort();
  scope.result = () => Promise.reject(gone.signal.reason as Error);
  const answer = await scope.handle("/api/v1/query", { query: "up" }, gone.signal);
  expect(answer.status).toBe(499);
  expect(scope.logLines).toEqual([]);
});

test("unknown paths are not found", async () => {
  expect(await errorOf("/api/v1/nope")).toMatchObject({ http: 404, errorType: "not_found" });
});

test("label names without bounds search everything", async () => {
  await scope.handle("/api/v1/labels");
  expect(scope.selected).toMatchObject([
    { tenant: 0, matchers: [], minMs: TIMESTAMP_MS_MIN, maxMs: TIMESTAMP_MS_MAX },
  ]);
});

test("names of several selectors come sorted and once", async () => {
  scope.names = (select) => (select.matchers[0]?.value === "x" ? ["b", "\u{ffff}"] : ["a", "b"]);
  scope.names = ((inner) => (select) => [...inner(select)])(scope.names);
  const answer = await scope.handle("/api/v1/labels", "match[]=x&match[]=y&start=1&end=2");
  expect(JSON.parse(textOf(answer))).toEqual({ status: "success", data: ["a", "b", "\u{ffff}"] });
  expect(scope.selected).toMatchObject([
    { minMs: 1000, maxMs: 2000, matchers: [{ kind: "=", name: "__name__", value: "x" }] },
    { matchers: [{ value: "y" }] },
  ]);
});

test("the label of a path is decoded, then unescaped", async () => {
  await scope.handle("/api/v1/label/a%2Fb/values");
  await scope.handle("/api/v1/label/U__http_2e_status/values");
  expect(scope.selected.map((select) => select.label)).toEqual(["a/b", "http.status"]);
});

test("series come in label order, once each", async () => {
  const [a, b] = [labelsOf([["x", "1"]]), labelsOf([["x", "2"]])];
  scope.sets = () => [b, a];
  const answer = await scope.handle("/api/v1/series", "match[]=x&match[]=y");
  expect(JSON.parse(textOf(answer))).toEqual({
    status: "success",
    data: [{ x: "1" }, { x: "2" }],
  });
});

test("what the limit cut is said", async () => {
  const cut = await scope.handle("/api/v1/labels", "limit=1");
  expect(textOf(cut)).toBe(
    '{"status":"success","data":["a"],"warnings":["results truncated due to limit"]}',
  );
  for (const limit of ["0", "2", ""]) {
    const whole = await scope.handle("/api/v1/labels", { limit });
    expect(textOf(whole)).toBe('{"status":"success","data":["a","b"]}');
  }
});

test("a large answer lets others run and stops for a client that left", async () => {
  const count = 50_000;
  const labels = Array.from({ length: count }, (_, i) => labelsOf([["instance", `host-${i}`]]));
  scope.result = () =>
    Promise.resolve({
      ...COMMON,
      kind: "vector",
      timestampMs: 0,
      labels,
      values: new Float64Array(count),
      histograms: null,
    });
  const answer = await scope.handle("/api/v1/query", { query: "up" });
  expect(JSON.parse(textOf(answer))).toMatchObject({ status: "success" });
  expect(scope.turns).toBeGreaterThan(5);
  const gone = new AbortController();
  scope.turns = 0;
  const pending = scope.handle("/api/v1/query", { query: "up" }, gone.signal);
  gone.abort();
  expect((await pending).status).toBe(499);
  expect(scope.turns).toBe(1);
});

test("the version clients see is the one of the API", async () => {
  const answer = await scope.handle("/api/v1/status/buildinfo");
  expect(JSON.parse(textOf(answer))).toMatchObject({
    data: { version: "3.14.0", application: "gyre", applicationVersion: "0.1.0" },
  });
});
