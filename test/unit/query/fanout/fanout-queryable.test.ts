// Covers: src/query/fanout/select-host.ts, src/query/fanout/gather-items.ts, src/query/fanout/shard-view.ts
import { expect, test } from "vitest";
import { labelsOf, labelValue } from "#model/labels.ts";
import { type ShardId, shardId, tenantId } from "#model/refs.ts";
import { FanoutQueryable } from "#query/fanout/fanout-queryable.ts";
import type { SelectContract } from "#query/fanout/select-contract.ts";
import { serveSelections } from "#query/fanout/select-host.ts";
import { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { BlockReads } from "#storage/block-reads.ts";
import { MissingParts } from "#storage/missing-parts.ts";
import type { ReadView } from "#storage/read-view.ts";
import type { SelectRequest, SeriesBatch } from "#storage/queryable.ts";
import type { SeriesAdmin } from "#storage/series-admin.ts";
import type { ShardStore } from "#storage/shard-store.ts";
import { buildBatch } from "#test/support/batch-builder.ts";
import { openHeadStore } from "#test/support/head-stores.ts";
import { itemBatch } from "#test/support/plain-items.ts";
import { linkedPair } from "#test/support/linked-pair.ts";

const tenant = tenantId(0);
const everything: SelectRequest = { tenant, matchers: [], minMs: -1e15, maxMs: 1e15 };

function storeWith(...names: string[]): ShardStore {
  const store = openHeadStore();
  const rows = names.flatMap((name) =>
    [1000, 2000].map((timestampMs) => ({
      series: labelsOf([
        ["__name__", name],
        ["job", "test"],
      ]),
      timestampMs,
      bits: BigInt(timestampMs),
    })),
  );
  store.append(buildBatch(tenant, 1, rows), { trustedNowMs: 1e12 });
  return store;
}

interface Rig {
  queryable: FanoutQueryable;
  openViews: number;
  /** Of each worker. */
  failed: readonly ShardId[];
}

const unread = (): never => {
  throw new Error("there are no blocks");
};
const noBlocks: BlockReads = {
  select: unread,
  series: unread,
  labelNames: unread,
  labelValues: unread,
  forget: unread,
  damagedBlock: () => null,
};

const noAdmin: SeriesAdmin = { deleteSeries: async () => {}, cleanTombstones: async () => {} };

function rigOf(...workers: ShardStore[][]): Rig {
  const rig = { openViews: 0, failed: [] } as unknown as Rig;
  const counted = (view: ReadView): ReadView => {
    rig.openViews++;
    return {
      appliedSeq: view.appliedSeq,
      select: (request) => view.select(request),
      selectIdentified: (request) => view.selectIdentified(request),
      lend: (request, before) => view.lend(request, before),
      [Symbol.dispose]: () => {
        rig.openViews--;
        view[Symbol.dispose]();
      },
    };
  };
  const clients = workers.map((stores, i) => {
    const [near, far] = linkedPair();
    serveSelections(far, {
      views: () => ({
        views: stores.map((store, shard) => {
          return { shard: shardId(shard), view: counted(store.readView()), blocks: null };
        }),
        failed: rig.failed,
      }),
      stores: () => stores,
      pause: () => Promise.resolve(),
      clock: { wallMs: () => 0, monoMs: () => 0 },
      shardCount: 64,
      onDamaged: () => {},
      takeSnapshot: async () => {},
      admin: noAdmin,
    });
    return new WorkerClient<SelectContract>(`worker ${i}`, near);
  });
  rig.queryable = new FanoutQueryable(clients, noBlocks);
  return rig;
}

async function readAll(rig: Rig): Promise<SeriesBatch[]> {
  const batches: SeriesBatch[] = [];
  await using set = rig.queryable.select(everything, new AbortController().signal);
  for (let batch = await set.next(); batch !== null; batch = await set.next()) batches.push(batch);
  return batches;
}

test("reads the series of every shard of every worker once", async () => {
  const rig = rigOf([storeWith("a", "b"), storeWith("c")], [storeWith("d")], [storeWith()]);
  const batches = await readAll(rig);
  const names = batches.flatMap(({ labels }) => labels.map((set) => labelValue(set, "__name__")));
  expect(names.toSorted()).toEqual(["a", "b", "c", "d"]);
  expect(batches.reduce((sum, { timestamps }) => sum + timestamps.length, 0)).toBe(8);
  expect(rig.openViews).toBe(0);
});

test("large selections come in several pulls, and an abandoned one releases its views", async () => {
  const stores = ["a", "b", "c"].map((prefix) =>
    storeWith(...Array.from({ length: 10_000 }, (_, i) => `${prefix}_${i}`)),
  );
  const rig = rigOf(stores);
  const all = await readAll(rig);
  expect(all.length).toBeGreaterThan(1);
  expect(all.reduce((sum, { labels }) => sum + labels.length, 0)).toBe(30_000);
  {
    await using set = rig.queryable.select(everything, new AbortController().signal);
    await set.next();
    expect(rig.openViews).toBeGreaterThan(0);
  }
  // The close notice travels like every message.
  for (let i = 0; i < 10; i++) await Promise.resolve();
  expect(rig.openViews).toBe(0);
});

test("lists series, label names and label values", async () => {
  const rig = rigOf([storeWith("b")], [storeWith("a")]);
  const { signal } = new AbortController();
  const series = await rig.queryable.series(everything, signal);
  expect(series.map((labels) => labelValue(labels, "__name__")).toSorted()).toEqual(["a", "b"]);
  expect(await rig.queryable.labelNames(everything, signal)).toEqual(["__name__", "job"]);
  expect(await rig.queryable.labelValues({ ...everything, label: "__name__" }, signal)).toEqual([
    "a",
    "b",
  ]);
});

test("an aborted selection stops", async () => {
  const rig = rigOf([storeWith("a")]);
  const controller = new AbortController();
  await using set = rig.queryable.select(everything, controller.signal);
  controller.abort(new Error("client is gone"));
  await expect(set.next()).rejects.toThrow("client is gone");
});

test("gathers exemplars and metadata of all shards in order", async () => {
  const stores = ["b", "c", "a"].map((name) => {
    const store = openHeadStore();
    const batch = itemBatch([{ series: name, timestampMs: 5 }], [{ metric: name, help: "H." }]);
    store.append(batch, { trustedNowMs: 1e12 });
    return store;
  });
  const { queryable } = rigOf(stores.slice(0, 2), stores.slice(2));
  const select = { tenant, selectors: [[]], minMs: 0, maxMs: 10 };
  const exemplars = await queryable.exemplars(select);
  expect(exemplars.map(({ labels }) => labelValue(labels, "__name__"))).toEqual(["a", "b", "c"]);
  const all = await queryable.metadata({ tenant, metric: null });
  expect(all.map(({ metric }) => metric)).toEqual(["a", "b", "c"]);
  expect(await queryable.metadata({ tenant, metric: "b" })).toMatchObject([{ help: "H." }]);
});

test("a failed shard fails what reads its worker, or is noted and left out", async () => {
  const rig = rigOf([storeWith("a")]);
  rig.failed = [shardId(3), shardId(5)];
  const { signal } = new AbortController();
  await expect(rig.queryable.series(everything, signal)).rejects.toThrow("shards 3, 5");
  await expect(rig.queryable.labelNames(everything, signal)).rejects.toThrow("shards 3, 5");
  const missing = new MissingParts();
  const partial = { ...everything, missing };
  expect(await rig.queryable.series(partial, signal)).toHaveLength(1);
  expect(await rig.queryable.labelNames(partial, signal)).toEqual(["__name__", "job"]);
  expect(missing.warnings).toEqual(
    [3, 5].map((shard) => `cannot read all of shard ${shard}: it failed; series may be missing`),
  );
  for (let i = 0; i < 10; i++) await Promise.resolve();
  expect(rig.openViews).toBe(0);
});
