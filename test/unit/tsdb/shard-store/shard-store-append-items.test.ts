/**
 * Exemplars and metadata in a shard's store: judged, logged once, replayed, and kept by the series
 * log at a cut. Covers: src/tsdb/shard-store/
 */
import { tenantId } from "#model/refs.ts";
import { RECORD_CUT, RECORD_EXEMPLARS, RECORD_METADATA } from "#storage/log-record.ts";
import type { LogRecordDraft } from "#storage/log-record.ts";
import { exemplarSeriesOf } from "#storage/exemplar-series.ts";
import { splitMetadataItems } from "#storage/metadata-item.ts";
import type { MetricMetadata } from "#storage/metric-metadata.ts";
import type { ShardStore } from "#storage/shard-store.ts";
import { VERDICT_EXEMPLAR_ORDER, VERDICT_TOO_FAR_AHEAD } from "#storage/verdict.ts";
import { draftItems } from "#tsdb/shard-store/draft-items.ts";
import { appendBatchOf } from "#test/support/append-batches.ts";
import { openHeadStore, recordOf } from "#test/support/head-stores.ts";
import { itemBatch, type PlainExemplar } from "#test/support/plain-items.ts";
import { expect, test } from "vitest";

const TENANT = tenantId(0);
const NOW = { trustedNowMs: 1000 };
const EVERYTHING = { tenant: TENANT, selectors: [[]], minMs: -1e9, maxMs: 1e9 };
const a = (timestampMs: number): PlainExemplar => ({ series: "a", timestampMs });

function timesOf(store: ShardStore): number[] {
  const found = exemplarSeriesOf(store.exemplars(EVERYTHING));
  return found.flatMap(({ exemplars }) => exemplars.map(({ timestampMs }) => timestampMs));
}

function factsOf(store: ShardStore, metric: string | null): MetricMetadata[] {
  const { bytes, count } = store.metadata({ tenant: TENANT, metric });
  return splitMetadataItems(bytes, count).map((item) => item.decode());
}

function metricsOf(store: ShardStore): string[] {
  return factsOf(store, null).map(({ metric }) => metric);
}

test("what is judged good is logged, what is repeated counts, what is bad is named", () => {
  const store = openHeadStore({ outOfOrderWindowMs: 0 });
  const first = store.append(itemBatch([a(5)]), NOW);
  expect(first.exemplars).toEqual({ written: 1, rejected: 0, rejections: [] });
  expect(first.records).toMatchObject([{ type: RECORD_EXEMPLARS, count: 1, flags: 0 }]);
  const second = store.append(itemBatch([a(5), a(4), a(6), a(700_000)]), NOW);
  expect(second.exemplars).toMatchObject({ written: 2, rejected: 2 });
  expect(second.exemplars!.rejections).toMatchObject([
    { verdict: VERDICT_EXEMPLAR_ORDER, series: "a", timestampMs: 4 },
    { verdict: VERDICT_TOO_FAR_AHEAD, series: "a", timestampMs: 700_000 },
  ]);
  expect(second.records).toMatchObject([{ type: RECORD_EXEMPLARS, count: 1 }]);
  expect(store.append(itemBatch([a(6)]), NOW).records).toEqual([]);
  expect(timesOf(store)).toEqual([5, 6]);
  expect(store.stats()).toMatchObject({
    exemplarCount: 2,
    describedMetricCount: 0,
    seriesCount: 0,
  });
});

test("metadata is logged when it is news", () => {
  const store = openHeadStore();
  const batch = itemBatch([], [{ metric: "a", help: "A." }, { metric: "b" }]);
  expect(store.append(batch, NOW).records).toMatchObject([{ type: RECORD_METADATA, count: 2 }]);
  const again = store.append(batch, NOW);
  expect(again.records).toEqual([]);
  expect(again.exemplars).toBeUndefined();
  expect(factsOf(store, "a")).toEqual([{ metric: "a", type: 1, help: "A.", unit: "" }]);
});

test("a store that keeps no exemplars says that none was written", () => {
  const store = openHeadStore({ exemplarsMax: 0 });
  const { exemplars, records } = store.append(itemBatch([a(1)]), NOW);
  expect([exemplars, records]).toEqual([{ written: 0, rejected: 0, rejections: [] }, []]);
});

test("replay gives the same, also over what the series log brought", () => {
  const store = openHeadStore();
  const log: LogRecordDraft[] = [];
  const append = (batch: Parameters<ShardStore["append"]>[0]): void => {
    for (const draft of store.append(batch, NOW).records) log.push(recordOf(draft, 1));
  };
  append(appendBatchOf({ fresh: [{ labels: { __name__: "a" }, samples: [[1, 1]] }] }));
  append(itemBatch([a(1), a(2)], [{ metric: "a" }]));
  log.push(recordOf(store.cut(), 1));
  const cutSeq = log.length;
  append(itemBatch([a(3)], [{ metric: "b" }]));

  const replayed = openHeadStore();
  for (const [i, draft] of log.entries()) replayed.apply(recordOf(draft, i + 1));
  expect([timesOf(replayed), metricsOf(replayed)]).toEqual([
    [1, 2, 3],
    ["a", "b"],
  ]);

  for (const which of ["new", "all"] as const) {
    const cursor = store.seriesRecords(1, which);
    const kept: LogRecordDraft[] = [];
    for (let draft = cursor.next(); draft !== null; draft = cursor.next()) {
      kept.push(recordOf(draft, 1));
    }
    expect(kept.at(-1)!.type).toBe(RECORD_CUT);
    const restored = openHeadStore();
    for (const draft of kept) restored.restore(draft);
    expect([timesOf(restored), metricsOf(restored)]).toEqual([[1, 2], ["a"]]);
    restored.resumeBehind(recordOf(log[0]!, cutSeq).seq);
    for (const [i, draft] of log.slice(cutSeq).entries()) {
      restored.apply(recordOf(draft, cutSeq + 1 + i));
    }
    expect([timesOf(restored), metricsOf(restored)]).toEqual([
      [1, 2, 3],
      ["a", "b"],
    ]);
  }
});

test("records have one tenant and a size", () => {
  const items = Array.from({ length: 5 }, (_, i) => new Uint8Array(16).fill(i));
  const byTenant = new Map([
    [TENANT, items],
    [tenantId(3), items.slice(0, 1)],
  ]);
  const drafts = draftItems(RECORD_METADATA, byTenant, 48);
  expect(drafts.map(({ count, payload }) => [count, payload.length, payload[0]])).toEqual([
    [2, 40, 0],
    [2, 40, 0],
    [1, 24, 0],
    [1, 24, 3],
  ]);
  expect(draftItems(RECORD_METADATA, new Map(), 48)).toEqual([]);
});
