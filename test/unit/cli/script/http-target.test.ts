/**
 * Covers: src/cli/script/query-result-of.ts, src/promql/script/script-target.ts,
 * src/promql/script/shown-histogram.ts
 */
import { expect, test } from "vitest";
import type { HttpReply, PostBody } from "#cli/cli-deps.ts";
import { HttpTarget } from "#cli/script/http-target.ts";
import { runScript, type ScriptResult } from "#promql/script/run-script.ts";

interface Sent {
  readonly path: string;
  readonly body: PostBody;
}

/** A node that makes tenants and gives one answer to every query. */
async function run(
  script: string,
  answer: object,
): Promise<{ result: ScriptResult; sent: Sent[] }> {
  const sent: Sent[] = [];
  let tenants = 6;
  const post = (url: string, body: PostBody): Promise<HttpReply> => {
    const path = new URL(url).pathname;
    sent.push({ path, body });
    if (path.endsWith("/tenants")) {
      const made = { status: "success", data: { tenant: ++tenants } };
      return Promise.resolve({ status: 200, body: JSON.stringify(made) });
    }
    if (path.startsWith("/insert/")) return Promise.resolve({ status: 204, body: "" });
    return Promise.resolve({ status: 200, body: JSON.stringify(answer) });
  };
  const target = new HttpTarget("http://node:1/", post);
  const clock = { wallMs: () => 0, monoMs: () => 0 };
  return { result: await runScript(script, "x.test", { clock, target }), sent };
}

const vector = (...values: readonly [object, string][]): object => ({
  status: "success",
  data: { resultType: "vector", result: values.map(([metric, v]) => ({ metric, value: [60, v] })) },
});

test("each clear is a tenant of its own, and all requests go to it", async () => {
  const script = "load 1m\n  a 1 2\n\nclear\nload 1m\n  b 1\n\neval instant at 1m time()\n  60\n";
  const answer = { status: "success", data: { resultType: "scalar", result: [60, "60"] } };
  const { sent, result } = await run(script, answer);
  expect(sent.slice(0, 5).map(({ path }) => path)).toEqual([
    "/api/v1/admin/tenants",
    "/insert/7/prometheus/api/v1/write",
    "/api/v1/admin/tenants",
    "/insert/8/prometheus/api/v1/write",
    "/select/8/prometheus/api/v1/query",
  ]);
  // The middle of a range, which the fake answers with a scalar, is not compared.
  expect(result).toMatchObject({ passed: 1, failed: 0, skipped: [] });
  const query = sent[4]!.body as URLSearchParams;
  expect([query.get("query"), query.get("time")]).toEqual(["time()", "60"]);
});

test("wrong values, wrong errors and wrong warnings are failures", async () => {
  const script = "eval instant at 1m a\n  {} 1\n\neval_fail instant at 1m a\n";
  const { result } = await run(script, vector([{}, "2"]));
  expect(result.failures.map(({ line }) => line)).toEqual([1, 4]);
  const refused = {
    status: "error",
    errorType: "bad_data",
    error: 'invalid parameter "query": no',
  };
  const failing = "eval instant at 1m a\n  expect fail msg: no\n\neval instant at 1m a\n  {} 1\n";
  const { result: second } = await run(failing, refused);
  expect(second).toMatchObject({ passed: 1, failures: [{ line: 4, message: "a: no" }] });
  const warned = { ...vector(), warnings: ["PromQL warning: odd (2 occurrences) (1:1)"] };
  const expecting = "eval instant at 1m a\n  expect warn msg: PromQL warning: odd\n";
  const { result: third } = await run(expecting, warned);
  expect(third.failures[0]?.message ?? "").not.toContain("expected warning");
});

test("what the node cannot hold is not asked about, and said so", async () => {
  const script =
    'load 1m\n  c{a="1"}@st 1s\n  c{a="1"} 1\n  f 1\n\n' +
    'eval instant at 1m f + c{a="1"}\n\neval instant at 1m f\n  f 1\n';
  const { result, sent } = await run(script, vector([{ __name__: "f" }, "1"]));
  expect(result.skipped).toEqual([
    { file: "x.test", line: 6, kind: "gap", reason: "the node stores no start timestamps yet" },
  ]);
  expect(sent.filter(({ path }) => path.startsWith("/insert/"))).toHaveLength(1);
});

const shown = (count: string, buckets: readonly [number, string, string, string][]): object => ({
  status: "success",
  data: {
    resultType: "vector",
    result: [{ metric: { a: "1" }, histogram: [60, { count, sum: "4", buckets }] }],
  },
});

test("histograms are compared as the API shows them: by bounds and counts", async () => {
  const expected = (hint: string): string =>
    'eval instant at 1m h\n  {a="1"} {{schema:0 sum:4 count:6 z_bucket:1 z_bucket_w:0.5 ' +
    `buckets:[2 0 1] n_buckets:[2]${hint}}}\n`;
  const buckets: [number, string, string, string][] = [
    [1, "-1", "-0.5", "2"],
    [3, "-0.5", "0.5", "1"],
    [0, "0.5", "1", "2"],
    [0, "2", "4", "1"],
  ];
  const { result } = await run(expected(""), shown("6", buckets));
  expect(result).toMatchObject({ passed: 1, failures: [] });
  const { result: unsure } = await run(expected(" counter_reset_hint:gauge"), shown("6", buckets));
  expect(unsure).toMatchObject({
    passed: 0,
    failures: [],
    skipped: [{ line: 1, kind: "interface", reason: expect.stringMatching(/reset hints/) }],
  });
  const wrong = [
    shown("7", buckets),
    shown("6", buckets.slice(1)),
    shown("6", [...buckets.slice(0, 3), [0, "2", "8", "1"]]),
    shown("6", [...buckets.slice(0, 3), [0, "2", "4", "2"]]),
    vector([{ a: "1" }, "6"]),
  ];
  for (const answer of wrong) {
    const { result: different } = await run(expected(""), answer);
    expect(different.failures).toHaveLength(1);
  }
});

test("rows of floats and histograms are told apart by time", async () => {
  const answer = {
    status: "success",
    data: {
      resultType: "matrix",
      result: [
        {
          metric: {},
          values: [
            [0, "1"],
            [120, "3"],
          ],
          histograms: [[60, { count: "2", sum: "4" }]],
        },
      ],
    },
  };
  const good = "eval range from 0 to 2m step 1m x\n  {} 1 {{sum:4 count:2}} 3\n";
  expect((await run(good, answer)).result.failures).toEqual([]);
  const bad = "eval range from 0 to 2m step 1m x\n  {} 1 {{sum:4 count:3}} 3\n";
  expect((await run(bad, answer)).result.failures).toHaveLength(1);
});
