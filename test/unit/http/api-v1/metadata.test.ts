import { beforeEach, expect, test } from "vitest";
import { FakeScope, textOf } from "./fake-scope.ts";

let scope: FakeScope;

beforeEach(() => {
  scope = new FakeScope();
  scope.descriptions = [
    { metric: "a", type: 1, help: 'Says "a".', unit: "" },
    { metric: "a", type: 2, help: "Older.", unit: "seconds" },
    { metric: "b", type: 3, help: "", unit: "" },
  ];
});

async function dataOf(params: Record<string, string>): Promise<unknown> {
  const answer = JSON.parse(textOf(await scope.handle("/api/v1/metadata", params)));
  return (answer as { data: unknown }).data;
}

test("every description of every metric", async () => {
  const answer = await scope.handle("/api/v1/metadata", {});
  expect(textOf(answer)).toBe(
    '{"status":"success","data":{' +
      '"a":[{"type":"counter","unit":"","help":"Says \\"a\\"."},' +
      '{"type":"gauge","unit":"seconds","help":"Older."}],' +
      '"b":[{"type":"histogram","unit":"","help":""}]}}',
  );
  expect(scope.metadataSelects).toEqual([{ tenant: 0, metric: null }]);
});

test("one metric, and none", async () => {
  await dataOf({ metric: "up" });
  expect(scope.metadataSelects).toEqual([{ tenant: 0, metric: "up" }]);
  scope.descriptions = [];
  expect(await dataOf({})).toEqual({});
});

test.each([
  [{ limit: "1" }, { a: 2 }],
  [{ limit: "0" }, {}],
  [{ limit: "-1" }, { a: 2, b: 1 }],
  [{ limit_per_metric: "1" }, { a: 1, b: 1 }],
  [{ limit_per_metric: "0" }, { a: 2, b: 1 }],
  [
    { limit: "5", limit_per_metric: "1" },
    { a: 1, b: 1 },
  ],
])("%j", async (params, counts) => {
  const data = (await dataOf(params as Record<string, string>)) as Record<string, unknown[]>;
  const found = Object.entries(data).map(([metric, all]) => [metric, all.length]);
  expect(Object.fromEntries(found)).toEqual(counts);
});

test("a limit that is no number is refused", async () => {
  const answer = await scope.handle("/api/v1/metadata", { limit_per_metric: "x" });
  expect(answer.status).toBe(400);
  expect(textOf(answer)).toContain("limit_per_metric");
});
