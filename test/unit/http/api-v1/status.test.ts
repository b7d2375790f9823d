// Covers: src/http/api-v1/status-tsdb.ts, src/http/api-v1/status-facts.ts
import { expect, test } from "vitest";
import type { HeadStatus } from "#query/head-status/head-status.ts";
import { FakeScope, NOW_MS, textOf } from "./fake-scope.ts";

const STATUS: HeadStatus = {
  seriesCount: 3,
  labelPairCount: 5,
  minTimeMs: 1,
  maxTimeMs: 2,
  chunkCount: 3,
  seriesByMetricName: [{ name: "é", count: 3 }],
  valuesByLabelName: [
    { name: "job", count: 2 },
    { name: "__name__", count: 1 },
  ],
  bytesByLabelName: [],
  seriesByLabelPair: [{ name: 'job="a"', count: 2 }],
  uncountedValues: 0,
};

function scopeWith(status: HeadStatus): { scope: FakeScope; limits: number[] } {
  const scope = new FakeScope();
  const limits: number[] = [];
  scope.headStatus = {
    headStatus: (_tenant, limit) => {
      limits.push(limit);
      return Promise.resolve(status);
    },
  };
  return { scope, limits };
}

test("the statistics of the head, in the words of Prometheus", async () => {
  const { scope, limits } = scopeWith(STATUS);
  const answer = await scope.handle("/api/v1/status/tsdb");
  expect(JSON.parse(textOf(answer))).toEqual({
    status: "success",
    data: {
      headStats: { numSeries: 3, numLabelPairs: 5, chunkCount: 3, minTime: 1, maxTime: 2 },
      seriesCountByMetricName: [{ name: "é", value: 3 }],
      labelValueCountByLabelName: [
        { name: "job", value: 2 },
        { name: "__name__", value: 1 },
      ],
      memoryInBytesByLabelName: [],
      seriesCountByLabelValuePair: [{ name: 'job="a"', value: 2 }],
    },
  });
  await scope.handle("/api/v1/status/tsdb", "limit=3&topN=5");
  await scope.handle("/api/v1/status/tsdb", "topN=5");
  expect(limits).toEqual([10, 3, 5]);
});

test.each(["limit=0", "limit=x", "limit=10001", "topN=-1"])("%s is refused", async (params) => {
  const answer = await scopeWith(STATUS).scope.handle("/api/v1/status/tsdb", params);
  expect(answer.status).toBe(400);
  expect(textOf(answer)).toContain("want 1 to 10000");
});

test("what could not be told apart is a warning", async () => {
  const { scope } = scopeWith({ ...STATUS, uncountedValues: 7 });
  expect(textOf(await scope.handle("/api/v1/status/tsdb"))).toContain("leave out 7 label values");
});

test("flags, configuration and runtime", async () => {
  const scope = new FakeScope();
  const data = async (path: string): Promise<unknown> =>
    (JSON.parse(textOf(await scope.handle(path))) as { data: unknown }).data;
  expect(await data("/api/v1/status/flags")).toEqual({ data: "/data/é" });
  expect(await data("/api/v1/status/config")).toEqual({ yaml: "data: x\n" });
  expect(await data("/api/v1/status/runtimeinfo")).toMatchObject({
    startTime: new Date(NOW_MS - 1000).toISOString(),
    serverTime: new Date(NOW_MS).toISOString(),
    CWD: "/work",
    GOMAXPROCS: 2,
    storageRetention: "7d",
  });
});
