/**
 * Queries over times of which only buckets are left, beside the same queries over all samples.
 * Covers: src/tsdb/select/series-beside.ts, src/tsdb/select/read-pieces.ts, src/promql/operators/use-of-call.ts
 * Covers: src/storage/sample-use.ts
 */
import { expect, test } from "vitest";
import { labelsOf } from "#model/labels.ts";
import type { Matcher } from "#model/matcher.ts";
import { tenantId } from "#model/refs.ts";
import { Engine } from "#promql/engine.ts";
import { QUERY_FEATURES_DEFAULT, QUERY_LIMITS_DEFAULT } from "#promql/query-options.ts";
import type { FanoutQueryable } from "#query/fanout/fanout-queryable.ts";
import { bitsOf, buildBatch } from "#test/support/batch-builder.ts";
import { FlushingShard, readersOf } from "#test/support/flushing-shard.ts";
import { TIER_1H, TIER_1M, TIER_RAW } from "#tsdb/block/tier.ts";
import type { TierAges } from "#tsdb/retention/retention-options.ts";
import { tierPieces } from "#tsdb/select/read-pieces.ts";

const tenant = tenantId(0);
const HOUR_MS = 3_600_000;
const STEP_MS = 10_000;
const HOURS = 6;
/** Not on the edge of a bucket. */
const OFFSET_MS = 7000;
const never = new AbortController().signal;
const everything = { tenant, matchers: [], minMs: 0, maxMs: HOURS * HOUR_MS };

function counterAt(i: number): number {
  // Starts again every 41 minutes or so.
  return ((i % 247) + 1) * 3;
}

function gaugeAt(i: number): number {
  return Math.round(1000 * Math.sin(i / 50)) / 8;
}

/** Three blocks of two hours. */
async function filled(): Promise<FlushingShard> {
  const shard = await FlushingShard.open();
  const count = (HOURS * HOUR_MS) / STEP_MS;
  const rows = ["c_total", "g"].flatMap((name) =>
    Array.from({ length: count }, (_, i) => ({
      series: labelsOf([["__name__", name]]),
      timestampMs: i * STEP_MS + OFFSET_MS,
      bits: bitsOf(name === "g" ? gaugeAt(i) : counterAt(i)),
    })),
  );
  shard.append(buildBatch(tenant, shard.store.generation, rows));
  shard.cut();
  await shard.flush();
  for (let at = 0; at < HOURS; at += 2) {
    await shard.compact(at * HOUR_MS, 2 * HOUR_MS, [TIER_1M, TIER_1H]);
  }
  return shard;
}

/** The newest two hours as received, two by minute, the oldest two by hour. */
async function aged(): Promise<FlushingShard> {
  const shard = await filled();
  await shard.expire(TIER_RAW, 4 * HOUR_MS);
  await shard.expire(TIER_1M, 2 * HOUR_MS);
  return shard;
}

function engineOver(queryable: FanoutQueryable): Engine {
  return new Engine({
    queryable,
    clock: { wallMs: () => 0, monoMs: () => 0 },
    yieldTurn: () => Promise.resolve(),
    features: QUERY_FEATURES_DEFAULT,
    limits: QUERY_LIMITS_DEFAULT,
    lookbackMs: 300_000,
    defaultSubqueryStepMs: 60_000,
  });
}

/** Values on the hour. */
async function hourly(engine: Engine, text: string): Promise<number[]> {
  const window = { startMs: HOUR_MS, endMs: HOURS * HOUR_MS, stepMs: HOUR_MS };
  const result = await engine.range({ text, tenant, ...window }, never);
  if (result.kind !== "matrix") throw new Error(`got a ${result.kind}`);
  expect(result.labels).toHaveLength(1);
  return [...result.values];
}

test("tiers stand in where no samples are left, the finer one first", async () => {
  const shard = await aged();
  expect(tierPieces(shard.state, everything)).toEqual([
    { tier: TIER_1M, minMs: 0, maxMs: 4 * HOUR_MS - 1, besides: [] },
    { tier: TIER_1H, minMs: 0, maxMs: 2 * HOUR_MS - 1, besides: [] },
  ]);
  expect(tierPieces((await filled()).state, everything)).toEqual([]);
  const recent = { ...everything, minMs: 5 * HOUR_MS };
  expect(tierPieces(shard.state, recent)).toEqual([]);
});

/** A rule keeps samples of one series for an hour, those of others for four. */
async function ruled(): Promise<FlushingShard> {
  const shard = await filled();
  const matchers: readonly Matcher[] = [{ name: "__name__", kind: "=", value: "g" }];
  const ages = (hours: number): TierAges => [hours * HOUR_MS, Infinity, Infinity];
  const rules = [{ tenant: null, matchers, ages: ages(1) }];
  await shard.retain({ rules, ages: ages(4) }, HOURS * HOUR_MS);
  return shard;
}

test("tiers stand in for the series that a rule took out, and for no others", async () => {
  const shard = await ruled();
  const pieces = tierPieces(shard.state, everything);
  const shapes = pieces.map(({ tier, minMs, maxMs, besides }) => [
    tier,
    minMs / HOUR_MS,
    (maxMs + 1) / HOUR_MS,
    besides.length,
  ]);
  // The oldest block is past both ages: nothing but tiers is left of that time.
  expect(shapes).toEqual([
    [TIER_1M, 0, 2, 0],
    [TIER_1M, 2, 4, 1],
  ]);
  const all = engineOver(readersOf(await filled()).queryable);
  const left = engineOver(readersOf(shard).queryable);
  for (const query of ["g", "c_total", "count_over_time(g[2h])", "count_over_time(c_total[2h])"]) {
    expect(await hourly(left, query)).toEqual(await hourly(all, query));
  }
  // Between two minutes only samples say it: those of the other series are there.
  const odd = { startMs: 3 * HOUR_MS, endMs: 4 * HOUR_MS, stepMs: 37_000 };
  const ask = (engine: Engine) => engine.range({ text: "c_total", tenant, ...odd }, never);
  const [got, want] = [await ask(left), await ask(all)];
  expect(got.kind === "matrix" && [...got.values]).toEqual(
    want.kind === "matrix" && [...want.values],
  );
});

test("aggregates of aligned windows are those of all samples", async () => {
  const all = engineOver(readersOf(await filled()).queryable);
  const left = engineOver(readersOf(await aged()).queryable);
  for (const name of ["min", "max", "sum", "count", "avg", "last", "present"]) {
    for (const metric of ["g", "c_total"]) {
      const query = `${name}_over_time(${metric}[2h])`;
      const want = await hourly(all, query);
      const got = await hourly(left, query);
      expect(got).toHaveLength(HOURS);
      for (const [i, value] of want.entries()) expect(got[i]).toBeCloseTo(value, 8);
    }
  }
});

test("the present value on the hour is that of all samples", async () => {
  const all = engineOver(readersOf(await filled()).queryable);
  const left = engineOver(readersOf(await aged()).queryable);
  for (const query of ["g", "c_total", "sum(g)"]) {
    expect(await hourly(left, query)).toEqual(await hourly(all, query));
  }
});

test("there is a present value at all times, as old as its bucket at most", async () => {
  const left = engineOver(readersOf(await aged()).queryable);
  const window = { startMs: 300_000, endMs: HOURS * HOUR_MS, stepMs: 300_000 };
  const result = await left.range({ text: "g", tenant, ...window }, never);
  expect(result.kind === "matrix" && result.timestamps.length).toBe((HOURS * 60) / 5);
});

test("increases count resets and are as exact as their buckets", async () => {
  const all = engineOver(readersOf(await filled()).queryable);
  const left = engineOver(readersOf(await aged()).queryable);
  for (const query of ["increase(c_total[2h])", "rate(c_total[2h])"]) {
    const want = await hourly(all, query);
    const got = await hourly(left, query);
    // A window of two hours over buckets of a minute, and of an hour.
    for (const i of [3, 4, 5]) expect(Math.abs(got[i]! / want[i]! - 1)).toBeLessThan(0.02);
    expect(Math.abs(got[1]! / want[1]! - 1)).toBeLessThan(0.1);
  }
});

test("windows shorter than two buckets are empty, and an info says so", async () => {
  const left = engineOver(readersOf(await aged()).queryable);
  const window = { startMs: HOUR_MS, endMs: HOURS * HOUR_MS, stepMs: HOUR_MS };
  const ask = (text: string) => left.range({ text, tenant, ...window }, never);
  const narrow = await ask("max_over_time(g[5m])");
  expect(narrow.infos).toHaveLength(1);
  expect(narrow.infos[0]).toContain("only aggregates of 1h are left");
  expect(narrow.kind === "matrix" && [...narrow.timestamps]).toEqual(
    [3, 4, 5, 6].map((hour) => hour * HOUR_MS),
  );
  expect((await ask("max_over_time(g[2h])")).infos).toEqual([]);
});

test("series and labels are found in what is left", async () => {
  const { queryable } = readersOf(await aged());
  const old = { ...everything, maxMs: HOUR_MS };
  expect(await queryable.series(old, never)).toHaveLength(2);
  expect(await queryable.labelValues({ ...old, label: "__name__" }, never)).toEqual([
    "c_total",
    "g",
  ]);
  const before = { ...everything, minMs: -HOUR_MS, maxMs: -1 };
  expect(await queryable.series(before, never)).toEqual([]);
});
