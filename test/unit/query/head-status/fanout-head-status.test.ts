// Covers: src/query/head-status/, src/tsdb/shard-store/label-counts-cursor.ts
import { expect, test } from "vitest";
import { labelsOf } from "#model/labels.ts";
import { tenantId } from "#model/refs.ts";
import { FanoutHeadStatus } from "#query/head-status/fanout-head-status.ts";
import type { HeadStatusContract } from "#query/head-status/head-status-contract.ts";
import { serveHeadStatus } from "#query/head-status/head-status-host.ts";
import { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { ShardStore } from "#storage/shard-store.ts";
import { buildBatch } from "#test/support/batch-builder.ts";
import { openHeadStore } from "#test/support/head-stores.ts";
import { linkedPair } from "#test/support/linked-pair.ts";

const TENANT = tenantId(0);
const FOREVER = new AbortController().signal;

function add(store: ShardStore, tenant: number, series: readonly Record<string, string>[]): void {
  const rows = series.map((labels, i) => ({
    series: labelsOf(Object.entries(labels)),
    timestampMs: 1000 + i,
    bits: 1n,
  }));
  store.append(buildBatch(tenantId(tenant), 1, rows), { trustedNowMs: 1e12 });
}

function statusOf(stores: readonly ShardStore[], pairsMax?: number): FanoutHeadStatus {
  const clients = stores.map((store, i) => {
    const [near, far] = linkedPair();
    serveHeadStatus(far, {
      totals: () => {
        const { seriesCount, minTimestampMs, maxTimestampMs } = store.stats();
        const [minTimeMs, maxTimeMs] = [minTimestampMs, maxTimestampMs];
        return { chunkCount: seriesCount, minTimeMs, maxTimeMs };
      },
      labelCounts: (tenant) => [store.labelCounts(tenant)],
    });
    return new WorkerClient<HeadStatusContract>(`worker ${i}`, near);
  });
  return new FanoutHeadStatus(clients, pairsMax);
}

test("counts values once over all shards, and series in each", async () => {
  const [a, b] = [openHeadStore(), openHeadStore()];
  add(a, 0, [
    { __name__: "up", job: "x" },
    { __name__: "up", job: "yy" },
    { __name__: "down", job: "x" },
  ]);
  add(b, 0, [{ __name__: "up", job: "x", zone: "é" }]);
  add(b, 7, [{ __name__: "alien", job: "x" }]);
  const status = await statusOf([a, b]).headStatus(TENANT, 2, FOREVER);
  expect(status).toEqual({
    seriesCount: 4,
    labelPairCount: 5,
    minTimeMs: 1000,
    maxTimeMs: 1002,
    chunkCount: 5,
    seriesByMetricName: [
      { name: "up", count: 3 },
      { name: "down", count: 1 },
    ],
    valuesByLabelName: [
      { name: "__name__", count: 2 },
      { name: "job", count: 2 },
    ],
    bytesByLabelName: [
      { name: "__name__", count: 10 },
      { name: "job", count: 5 },
    ],
    seriesByLabelPair: [
      { name: "__name__=up", count: 3 },
      { name: "job=x", count: 3 },
    ],
    uncountedValues: 0,
  });
});

test("nothing is no times and empty lists", async () => {
  const status = await statusOf([openHeadStore()]).headStatus(TENANT, 10, FOREVER);
  expect(status).toMatchObject({ seriesCount: 0, minTimeMs: null, seriesByLabelPair: [] });
});

test("a label with more values than a slice is read in several, also while series come", async () => {
  const store = openHeadStore();
  const many = Array.from({ length: 5000 }, (_, i) => ({ __name__: "m", n: String(i) }));
  add(store, 0, many);
  const cursor = store.labelCounts(TENANT);
  const seen = new Set<string>();
  let slices = 0;
  for (let slice = cursor.next(); slice !== null; slice = cursor.next()) {
    slices++;
    add(store, 0, [{ __name__: "m", n: `late ${slices}` }]);
    for (const value of slice.values) {
      expect(seen.has(`${slice.name}=${value}`)).toBe(false);
      seen.add(`${slice.name}=${value}`);
    }
  }
  expect(slices).toBe(4);
  for (const { n } of many) expect(seen.has(`n=${n}`)).toBe(true);
});

test("values beyond the bound are told, and the largest stay right among the rest", async () => {
  const store = openHeadStore();
  add(
    store,
    0,
    Array.from({ length: 100 }, (_, i) => ({ __name__: "m", n: String(i), even: String(i % 2) })),
  );
  const status = await statusOf([store], 50).headStatus(TENANT, 3, FOREVER);
  expect(status.labelPairCount).toBe(50);
  expect(status.uncountedValues).toBe(103 - 50);
});

test("counting stops with its asker, and leaves room for others", async () => {
  const store = openHeadStore();
  add(store, 0, [{ __name__: "up" }]);
  const status = statusOf([store]);
  const gone = AbortSignal.abort(new Error("gone"));
  for (let i = 0; i < 20; i++) {
    await expect(status.headStatus(TENANT, 1, gone)).rejects.toThrow("gone");
  }
  expect((await status.headStatus(TENANT, 1, FOREVER)).seriesCount).toBe(1);
});
