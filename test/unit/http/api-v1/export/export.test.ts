// Covers: src/http/api-v1/export/
import { expect, test } from "vitest";
import { labelsOf } from "#model/labels.ts";
import { makeHistogram } from "#model/histogram/make-histogram.ts";
import { MemoryQueryable, type MemorySample } from "#promql/script/memory-queryable.ts";
import { FakeScope, textOf } from "../fake-scope.ts";

type Value = MemorySample["value"];

function scopeOf(series: Readonly<Record<string, readonly Value[]>>): FakeScope {
  const memory = new MemoryQueryable();
  for (const [name, values] of Object.entries(series)) {
    const labels = labelsOf([
      ["__name__", name],
      ["job", 'a"b,\n'],
    ]);
    const samples = values.map((value, i) => ({ timeMs: (i + 1) * 1000, startMs: 0, value }));
    memory.append(labels, samples);
  }
  const scope = new FakeScope();
  scope.samples = memory.select.bind(memory);
  return scope;
}

async function ask(
  scope: FakeScope,
  params: string,
  path = "/api/v1/export",
): Promise<{ type: string | undefined; text: string }> {
  const answer = await scope.handle(path, params);
  expect(answer.status, textOf(answer)).toBe(200);
  const parts: Uint8Array[] = [];
  const rest = answer.rest!;
  for (let part = await rest.next(); part !== null; part = await rest.next()) parts.push(part);
  return { type: answer.headers["content-type"], text: Buffer.concat(parts).toString() };
}

test("one line of JSON for a series, also for values that are no JSON numbers", async () => {
  const scope = scopeOf({ a: [1.5, -0, NaN, "stale", Infinity, -Infinity, 1e21, 5e-324], b: [7] });
  const { type, text } = await ask(scope, 'match[]={job=~"a.*",__name__="a"}');
  expect(type).toBe("application/stream+json; charset=utf-8");
  const values = '[1.5,-0,null,null,"Infinity","-Infinity",1e+21,5e-324]';
  const times = "[1000,2000,3000,4000,5000,6000,7000,8000]";
  const metric = '{"__name__":"a","job":"a\\"b,\\n"}';
  expect(text).toBe(`{"metric":${metric},"values":${values},"timestamps":${times}}\n`);
});

test("a series that several selectors name is written once", async () => {
  const scope = scopeOf({ a: [1], b: [2], c: [3] });
  const { text } = await ask(scope, "match[]=a&match[]={__name__!='c',job!=''}");
  expect(text.match(/"__name__":"(.)"/g)).toEqual(['"__name__":"a"', '"__name__":"b"']);
});

test("long series go in several lines, histograms are passed over", async () => {
  const histogram = makeHistogram({ count: 3 });
  const scope = scopeOf({ a: [1, 2, 3, histogram, 5] });
  const { text } = await ask(scope, "match[]=a&max_rows_per_line=2");
  expect([...text.matchAll(/"values":(\S+),"t/g)].map(([, values]) => values)).toEqual([
    "[1,2]",
    "[3]",
    "[5]",
  ]);
  const long = scopeOf({ a: Array.from({ length: 25_000 }, (_, i) => i) });
  expect((await ask(long, "match[]=a")).text.trim().split("\n")).toHaveLength(3);
});

test("the range is inclusive", async () => {
  const scope = scopeOf({ a: [1, 2, 3, 4] });
  const { text } = await ask(scope, "match[]=a&start=2&end=3");
  expect(text).toContain('"values":[2,3]');
});

test("metrics text, with names that need quotes in braces", async () => {
  const scope = scopeOf({ a: [1, Infinity], "b.c": [-0] });
  const { text } = await ask(scope, 'match[]={job!=""}&format=prometheus');
  const job = 'job="a\\"b,\\n"';
  expect(text).toBe(`a{${job}} 1 1000\na{${job}} +Inf 2000\n{"b.c",${job}} -0 1000\n`);
});

test("CSV with the columns asked for", async () => {
  const scope = scopeOf({ a: [1, -0, -Infinity] });
  const times = "__timestamp__:unix_s,__timestamp__:unix_ns,__timestamp__:rfc3339,__timestamp__";
  const format = `__name__,job,absent,__value__,${times}`;
  const { type, text } = await ask(scope, `match[]=a&format=${format}`, "/api/v1/export/csv");
  expect(type).toBe("text/csv; charset=utf-8");
  expect(text.split("\n")).toEqual([
    'a,"a""b, ",,1,1,1000000000,1970-01-01T00:00:01Z,1000',
    'a,"a""b, ",,-0,2,2000000000,1970-01-01T00:00:02Z,2000',
    'a,"a""b, ",,-Inf,3,3000000000,1970-01-01T00:00:03Z,3000',
    "",
  ]);
});

test.each([
  ["/api/v1/export", "", "match[]"],
  ["/api/v1/export", "match[]=a&format=xml", "want json or prometheus"],
  ["/api/v1/export", "match[]=a&max_rows_per_line=0", "max_rows_per_line"],
  ["/api/v1/export", "match[]=a&start=5&end=4", "time before start"],
  ["/api/v1/export/csv", "match[]=a", "got an empty column"],
  ["/api/v1/export/csv", "match[]=a&format=__timestamp__:unix", "want __timestamp__"],
])("%s %s is refused", async (path, params, cause) => {
  const answer = await scopeOf({}).handle(path, params);
  expect(answer.status).toBe(400);
  expect(textOf(answer)).toContain(cause);
});
