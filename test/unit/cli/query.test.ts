/**
 * `gyre query`: what is asked, what is shown, what is refused.
 * Covers: src/cli/commands/query.ts, src/cli/api-reply.ts, src/cli/result-table.ts
 * Covers: src/cli/parse-flags.ts
 */
import { expect, test } from "vitest";
import { FakeCli, NOW_MS } from "./fake-cli.ts";

const NOW = String(NOW_MS / 1000);

async function posted(...args: string[]): Promise<FakeCli["posted"][number]> {
  const cli = await new FakeCli().run("query", ...args);
  expect(cli.err).toBe("");
  expect(cli.posted).toHaveLength(1);
  return cli.posted[0]!;
}

async function shown(data: object, ...args: string[]): Promise<string> {
  const cli = new FakeCli();
  const body = JSON.stringify({ status: "success", data });
  cli.reply = () => Promise.resolve({ status: 200, body });
  await cli.run("query", "x", ...args);
  expect(cli.code).toBe(0);
  return cli.out;
}

test("an expression alone is asked about now, here", async () => {
  expect(await posted("up > 0")).toEqual({
    url: "http://127.0.0.1:8428/api/v1/query",
    form: { query: "up > 0", time: NOW, timeout: "120" },
    timeoutMs: 120_000,
  });
});

test.each([
  [["--time", "1h"], String(NOW_MS / 1000 - 3600)],
  [["--time", "now"], NOW],
  [["--time", "1234.5"], "1234.5"],
  [["--time=2023-11-14T22:13:20Z"], "2023-11-14T22:13:20Z"],
])("%j is time %s", async (flags, time) => {
  expect((await posted("up", ...flags)).form["time"]).toBe(time);
});

test("a start makes it a range, with about sixty points", async () => {
  const { url, form } = await posted("up", "--start", "1h", "--server", "http://far:1/");
  expect(url).toBe("http://far:1/api/v1/query_range");
  expect(form).toMatchObject({ start: String(NOW_MS / 1000 - 3600), end: NOW, step: "60" });
  expect((await posted("up", "--start", "1h", "--step", "5m")).form["step"]).toBe("300");
  expect((await posted("up", "--start", "10s")).form["step"]).toBe("1");
});

test("limit and timeout are passed on", async () => {
  const { form, timeoutMs } = await posted("up", "--limit", "3", "--timeout", "1500ms");
  expect(form).toMatchObject({ limit: "3", timeout: "1.5" });
  expect(timeoutMs).toBe(1500);
});

test.each([
  [[], "got no expression, want one"],
  [["a", "b"], 'got "b" too, want one expression: put it in quotes'],
  [["a", "--output", "xml"], '--output: got "xml", want table or json'],
  [["a", "--time", "soon"], '--time: got "soon", want an RFC 3339 time'],
  [["a", "--end", "now"], "--end: want --start with it"],
  [["a", "--start", "1h", "--time", "now"], "--time: got it with --start"],
  [["a", "--step", "0", "--start", "1h"], '--step: got "0", want a positive duration'],
  [["a", "--time"], "--time: got nothing, want time"],
  [["a", "--limt", "1"], "--limt: unknown flag, did you mean --limit?"],
  [["a", "--limit=1", "--limit=2"], "--limit: got it twice"],
])("%j is a usage error", async (args, want) => {
  const cli = await new FakeCli().run("query", ...args);
  expect(cli.code).toBe(2);
  expect(cli.err).toContain(want);
  expect(cli.posted).toEqual([]);
});

test("an expression may begin with dashes behind --", async () => {
  expect((await posted("--", "--1")).form["query"]).toBe("--1");
});

test("scalars and strings are printed as they are", async () => {
  expect(await shown({ resultType: "scalar", result: [0, "7"] })).toBe("7\n");
  expect(await shown({ resultType: "string", result: [0, "hi"] })).toBe("hi\n");
});

test("a vector is a table", async () => {
  const result = [
    { metric: { __name__: "up", job: "a" }, value: [0, "1"] },
    { metric: { __name__: "up" }, value: [0, "0.5"] },
    { metric: {}, value: [0, "NaN"] },
    { metric: { __name__: "a.b", "c.d": 'x"y' }, histogram: [0, { count: "3", sum: "9" }] },
  ];
  expect(await shown({ resultType: "vector", result })).toBe(
    [
      'up{job="a"}            1',
      "up                     0.5",
      "{}                     NaN",
      '{"a.b", "c.d"="x\\"y"}  histogram count=3 sum=9',
      "",
    ].join("\n"),
  );
  expect(await shown({ resultType: "vector", result: [] })).toBe("no series\n");
});

test("a matrix is a block per series", async () => {
  const result = [
    {
      metric: { __name__: "up" },
      values: [
        [1, "1"],
        [2.5, "2"],
      ],
      histograms: [[2, { count: "3", sum: "9" }]],
    },
    { metric: { a: "b" }, values: [[1, "4"]] },
  ];
  expect(await shown({ resultType: "matrix", result })).toBe(
    [
      "up",
      "  1970-01-01T00:00:01.000Z  1",
      "  1970-01-01T00:00:02.000Z  histogram count=3 sum=9",
      "  1970-01-01T00:00:02.500Z  2",
      "",
      '{a="b"}',
      "  1970-01-01T00:00:01.000Z  4",
      "",
    ].join("\n"),
  );
});

test("json is the node's own words", async () => {
  const data = { resultType: "scalar", result: [0, "7"] };
  const want = `${JSON.stringify({ status: "success", data })}\n`;
  expect(await shown(data, "--output", "json")).toBe(want);
});

test("warnings go to standard error", async () => {
  const cli = new FakeCli();
  const data = { resultType: "scalar", result: [0, "7"] };
  const body = JSON.stringify({ status: "success", data, warnings: ["w"], infos: ["i"] });
  cli.reply = () => Promise.resolve({ status: 200, body });
  await cli.run("query", "x");
  expect(cli.out).toBe("7\n");
  expect(cli.err).toBe("w\ni\n");
});

test.each([
  [{ status: 400, body: '{"status":"error","error":"bad thing"}' }, "gyre: bad thing"],
  [{ status: 502, body: "<html>" }, "got HTTP status 502, want an answer of the query API"],
  [{ status: 200, body: "null" }, "got HTTP status 200"],
])("%j is a failure", async (reply, want) => {
  const cli = new FakeCli();
  cli.reply = () => Promise.resolve(reply);
  await cli.run("query", "x");
  expect(cli.code).toBe(1);
  expect(cli.err).toContain(want);
});

test("a node that is not there is named", async () => {
  const cli = new FakeCli();
  cli.reply = () => Promise.reject(new Error("ECONNREFUSED"));
  await cli.run("query", "x");
  expect(cli.code).toBe(1);
  expect(cli.err).toBe("gyre: cannot ask http://127.0.0.1:8428/api/v1/query: ECONNREFUSED\n");
});
