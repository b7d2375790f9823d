/**
 * Aggregations worked out next to the data: the same bits however series are spread over shards and
 * workers and samples over heads and blocks, and what the engine makes of the samples by itself.
 * Covers: src/promql/leaf/, src/query/fanout/, src/tsdb/shard-store/lent-cursor.ts
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeLabels } from "#model/canonical-labels.ts";
import { type Labels, labelsKey, labelsOf } from "#model/labels.ts";
import { SeriesHasher, shardOfPlacement } from "#model/placement.ts";
import { type ShardId, tenantId } from "#model/refs.ts";
import { Engine } from "#promql/engine.ts";
import { QUERY_FEATURES_ALL, QUERY_LIMITS_DEFAULT } from "#promql/query-options.ts";
import type { QueryFeatures } from "#promql/query-options.ts";
import { PROMQL_LIMIT } from "#promql/query-errors.ts";
import type { QueryResult } from "#promql/query-result.ts";
import { FanoutQueryable } from "#query/fanout/fanout-queryable.ts";
import type { SelectContract } from "#query/fanout/select-contract.ts";
import { serveSelections } from "#query/fanout/select-host.ts";
import { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { BlockReads } from "#storage/block-reads.ts";
import type { ShardStore } from "#storage/shard-store.ts";
import { type BatchRow, bitsOf, buildBatch } from "#test/support/batch-builder.ts";
import { openHeadStore } from "#test/support/head-stores.ts";
import { FlushingShard, readersOf } from "#test/support/flushing-shard.ts";
import { linkedPair } from "#test/support/linked-pair.ts";

const TENANT = tenantId(0);
const STALE_BITS = 0x7ff0_0000_0000_0002n;
const STEP_MS = 1000;
const WINDOW = { startMs: 4000, endMs: 20_000, stepMs: 1500 };
const CLOCK = { wallMs: () => 0, monoMs: () => 0 };
const STOCK: QueryFeatures = { ...QUERY_FEATURES_ALL, delayedNameRemoval: false };

/** Whole numbers: their sums are exact in any order. */
const whole = fc.integer({ min: -50, max: 50 });
/** Numbers so far apart that no sum of them is exact, and that cancel each other out. */
const scaled = fc
  .tuple(fc.constantFrom(1, -1), fc.constantFrom(3e30, 1e30, 7e15, 1e15, 3, 1, 1e-15))
  .map(([sign, size]) => sign * size);
const wild = fc.oneof(
  { weight: 200, arbitrary: scaled },
  {
    weight: 1,
    arbitrary: fc.constantFrom(Infinity, -Infinity, Number.NaN, 1e308, -1e308, -0),
  },
);

/** A value per second of each series: null is none, undefined a stale marker. */
type Column = readonly (number | null | undefined)[];

function columnsOf(
  value: fc.Arbitrary<number>,
  seriesMin: number,
): fc.Arbitrary<readonly Column[]> {
  const cell = fc.oneof(
    { weight: 8, arbitrary: value },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
  const column = fc.array(cell, { minLength: 1, maxLength: 22 });
  return fc.array(column, { minLength: seriesMin, maxLength: 60 });
}

const operation = fc.constantFrom("sum", "avg", "min", "max", "count", "group", "stddev");
const grouping = fc.constantFrom("", "by (x) ", "by (job, x, __name__) ", "without (instance, x) ");
const input = fc.constantFrom(
  "m_total",
  "m_total offset 2s",
  "m_total @ 9",
  "rate(m_total[4s])",
  "delta(m_total[3s:])",
  "increase(m_total[5s] offset 1s)",
  "max_over_time(m_total[3s])",
  "last_over_time(m_total[3s])",
  "quantile_over_time(2, m_total[5s])",
  "predict_linear(m_total[6s], time())",
  '{__name__=~"m_.*"}',
  'rate({__name__=~"m_.*"}[4s])',
  "increase(m_gauge[5s])",
  "m_total > 3",
);
const text = fc.tuple(operation, grouping, input).map(([op, by, of]) => `${op} ${by}(${of})`);

const noBlocks: BlockReads = {
  select: unread,
  series: unread,
  labelNames: unread,
  labelValues: unread,
  forget: unread,
  damagedBlock: () => null,
};

function unread(): never {
  throw new Error("there are no blocks");
}

function labelsOfSeries(series: number): Labels {
  return labelsOf([
    ["__name__", series % 7 === 0 ? "m_gauge" : "m_total"],
    ["instance", `host-${series % 5}`],
    ["job", series % 2 === 0 ? "odd" : "even"],
    ["path", String(series)],
    ["x", `group ${series % 3} \u00e9`],
  ]);
}

function rowsOf(series: number, column: Column): BatchRow[] {
  return column.flatMap((value, at) => {
    if (value === null) return [];
    const bits = value === undefined ? STALE_BITS : bitsOf(value);
    return [{ series: labelsOfSeries(series), timestampMs: at * STEP_MS, bits }];
  });
}

const hasher = new SeriesHasher({ seed: [1, 2], lanes: 4 });

function shardOf(labels: Labels, shardCount: number): ShardId {
  const bytes = encodeLabels(labels);
  const [fingerprints, placements] = [new Uint32Array(2), new Uint32Array(2)];
  hasher.hash(TENANT, bytes, 0, bytes.length, fingerprints, placements, 0);
  return shardOfPlacement(placements[1]!, shardCount);
}

/** The series in `shardCount` shards, these dealt to `workerCount` workers. */
function spread(
  columns: readonly Column[],
  shardCount: number,
  workerCount: number,
): FanoutQueryable {
  const stores = new Map<ShardId, ShardStore>();
  for (const [series, column] of columns.entries()) {
    const shard = shardOf(labelsOfSeries(series), shardCount);
    const store = stores.get(shard) ?? openHeadStore();
    stores.set(shard, store);
    store.append(buildBatch(TENANT, 1, rowsOf(series, column)), { trustedNowMs: 1e12 });
  }
  const clients = Array.from({ length: workerCount }, (_, worker) => {
    const [near, far] = linkedPair();
    const own = [...stores].filter(([shard]) => (shard * 7 + 3) % workerCount === worker);
    serveSelections(far, {
      views: () => ({
        views: own.map(([shard, store]) => ({ shard, view: store.readView(), blocks: null })),
        failed: [],
      }),
      stores: () => [],
      pause: () => Promise.resolve(),
      clock: CLOCK,
      shardCount,
      onDamaged: () => {},
      admin: { deleteSeries: async () => {}, cleanTombstones: async () => {} },
      takeSnapshot: () => Promise.reject(new Error("nobody takes snapshots here")),
    });
    return new WorkerClient<SelectContract>(`worker ${worker}`, near);
  });
  return new FanoutQueryable(clients, noBlocks);
}

async function ask(
  queryable: FanoutQueryable,
  query: string,
  features: QueryFeatures,
  isPushed: boolean,
): Promise<Record<string, unknown>> {
  const engine = new Engine({
    queryable,
    ...(isPushed ? { leaves: queryable } : {}),
    clock: CLOCK,
    features,
    limits: QUERY_LIMITS_DEFAULT,
    lookbackMs: 5000,
    defaultSubqueryStepMs: 1000,
  });
  const signal = new AbortController().signal;
  try {
    return shownOf(await engine.range({ tenant: TENANT, text: query, ...WINDOW }, signal));
  } catch (error) {
    return { error: String(error) };
  }
}

function shownOf(result: QueryResult): Record<string, unknown> {
  if (result.kind !== "matrix") throw new Error(result.kind);
  const { labels, sampleStart, timestamps, values, stats } = result;
  return {
    labels: labels.map(labelsKey),
    sampleStart: [...sampleStart],
    timestamps: [...timestamps],
    // NaN of any kind is shown the same.
    bits: Array.from(values, (value) => (Number.isNaN(value) ? "NaN" : bitsOf(value))),
    notes: [...result.warnings, ...result.infos],
    read: [stats.seriesRead, stats.samplesRead],
  };
}

test("whole numbers: what the engine makes of the samples by itself", async () => {
  await fc.assert(
    fc.asyncProperty(columnsOf(whole, 1), text, fc.boolean(), async (columns, query, isStock) => {
      const features = isStock ? STOCK : QUERY_FEATURES_ALL;
      const queryable = spread(columns, 8, 2);
      const want = await ask(queryable, query, features, false);
      const got = await ask(queryable, query, features, true);
      // Sums of fractions may be rounded in another order.
      if (/^(?:sum|avg).*\((?:rate|increase|predict)/.test(query)) {
        expect({ ...got, bits: null }).toEqual({ ...want, bits: null });
      } else expect(got).toEqual(want);
    }),
    { numRuns: 100 },
  );
});

test("any numbers: the same bits of any number of shards and workers", async () => {
  await fc.assert(
    fc.asyncProperty(columnsOf(wild, 40), text, async (columns, query) => {
      const pushed = (shards: number, workers: number): Promise<Record<string, unknown>> =>
        ask(spread(columns, shards, workers), query, STOCK, true);
      const want = await pushed(1, 1);
      for (const [shards, workers] of [
        [8, 2],
        [64, 3],
        [512, 1],
      ] as const) {
        expect(await pushed(shards, workers)).toEqual(want);
      }
    }),
    { numRuns: 30 },
  );
});

/** All series in one shard; what is older than `flushedMs` in a block, where that is not null. */
async function stored(
  columns: readonly Column[],
  flushedMs: number | null,
): Promise<FanoutQueryable> {
  const rows = columns.flatMap((column, series) => rowsOf(series, column));
  const isOld = ({ timestampMs }: BatchRow): boolean => timestampMs < (flushedMs ?? 0);
  const shard = await FlushingShard.open();
  shard.append(buildBatch(TENANT, shard.store.generation, rows.filter(isOld)));
  shard.cut();
  await shard.flush();
  const rest = rows.filter((row) => !isOld(row));
  shard.append(buildBatch(TENANT, shard.store.generation, rest));
  return readersOf(shard).queryable;
}

test("any numbers: the same bits whether samples lie in heads or in blocks", async () => {
  const flushed = fc.integer({ min: 1, max: 22 }).map((at) => at * STEP_MS);
  await fc.assert(
    fc.asyncProperty(columnsOf(wild, 40), text, flushed, async (columns, query, flushedMs) => {
      const want = await ask(await stored(columns, null), query, STOCK, true);
      expect(await ask(await stored(columns, flushedMs), query, STOCK, true)).toEqual(want);
    }),
    { numRuns: 20 },
  );
});

test("limits and cancellation end a query as they do without leaves", async () => {
  const columns = Array.from({ length: 40 }, (_, i): Column => [i, i + 1, i + 2, i + 3, i + 4]);
  const queryable = spread(columns, 64, 2);
  for (const leaves of [{}, { leaves: queryable }]) {
    const engine = new Engine({
      queryable,
      ...leaves,
      clock: CLOCK,
      features: STOCK,
      limits: { ...QUERY_LIMITS_DEFAULT, seriesMax: 8 },
      lookbackMs: 5000,
      defaultSubqueryStepMs: 1000,
    });
    const query = { tenant: TENANT, text: "sum(m_total)", ...WINDOW };
    const controller = new AbortController();
    await expect(engine.range(query, controller.signal)).rejects.toMatchObject({
      code: PROMQL_LIMIT.code,
      data: { seriesMax: 8 },
    });
    const asked = engine.range(query, controller.signal);
    controller.abort();
    await expect(asked).rejects.toThrow(/abort|cancel/);
  }
});
