/**
 * The engine as its callers see it: kinds of answers, errors with their codes, budgets, time limits
 * and signals. What queries mean is the scripts' part (`test/golden/promql`).
 *
 * Covers: src/promql/budget.ts, src/promql/pace.ts, src/promql/query-errors.ts
 */
import { expect, test } from "vitest";
import { labelsOf, labelsRecord } from "#model/labels.ts";
import { tenantId } from "#model/refs.ts";
import { Engine, type EngineOptions } from "#promql/engine.ts";
import {
  QUERY_FEATURES_ALL,
  QUERY_FEATURES_DEFAULT,
  QUERY_LIMITS_DEFAULT,
} from "#promql/query-options.ts";
import { MemoryQueryable } from "#promql/script/memory-queryable.ts";

const tenant = tenantId(0);
const never = new AbortController().signal;

/** `m{i="0"}` .. with a sample of value i each second for `seconds`. */
function memory(series: number, seconds: number): MemoryQueryable {
  const queryable = new MemoryQueryable();
  for (let i = 0; i < series; i++) {
    const labels = labelsOf([
      ["__name__", "m"],
      ["i", String(i)],
    ]);
    const samples = Array.from({ length: seconds + 1 }, (_, s) => ({
      timeMs: s * 1000,
      startMs: 0,
      value: i,
    }));
    queryable.append(labels, samples);
  }
  return queryable;
}

function engine(changes: Partial<EngineOptions> = {}): Engine {
  return new Engine({
    queryable: memory(3, 60),
    clock: { wallMs: () => 0, monoMs: () => 0 },
    features: QUERY_FEATURES_DEFAULT,
    limits: QUERY_LIMITS_DEFAULT,
    lookbackMs: 300_000,
    defaultSubqueryStepMs: 60_000,
    ...changes,
  });
}

const instant = (text: string) => ({ tenant, text, timeMs: 60_000 });
const range = (text: string) => ({ tenant, text, startMs: 0, endMs: 60_000, stepMs: 30_000 });

test("instant vectors come in label order at the evaluation time", async () => {
  const result = await engine().instant(instant("m * 2"), never);
  if (result.kind !== "vector") throw new Error(result.kind);
  expect(result.timestampMs).toBe(60_000);
  expect(result.labels.map(labelsRecord)).toEqual([{ i: "0" }, { i: "1" }, { i: "2" }]);
  expect([...result.values]).toEqual([0, 2, 4]);
  expect(result.histograms).toBeNull();
  expect(result.stats.seriesRead).toBe(3);
});

test("ranges are columns with one run of samples per series", async () => {
  const result = await engine().range(range("m > 0"), never);
  if (result.kind !== "matrix") throw new Error(result.kind);
  expect(result.labels.map((labels) => labelsRecord(labels)["i"])).toEqual(["1", "2"]);
  expect([...result.sampleStart]).toEqual([0, 3, 6]);
  expect([...result.timestamps]).toEqual([0, 30_000, 60_000, 0, 30_000, 60_000]);
  expect([...result.values]).toEqual([1, 1, 1, 2, 2, 2]);
});

test("scalars, strings and range vectors", async () => {
  const kinds = async (text: string): Promise<string> =>
    (await engine().instant(instant(text), never)).kind;
  expect(await kinds("1 + 1")).toBe("scalar");
  expect(await kinds('"x"')).toBe("string");
  expect(await kinds("m[10s]")).toBe("matrix");
  expect((await engine().range(range("1 + 1"), never)).kind).toBe("matrix");
  await expect(engine().range(range("m[10s]"), never)).rejects.toMatchObject({
    code: "promql.range-type",
    http: 400,
    message:
      'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
  });
});

test("errors carry codes that edges can map", async () => {
  const query = (text: string): Promise<unknown> => engine().instant(instant(text), never);
  await expect(query("sum(")).rejects.toMatchObject({ code: "promql.parse", http: 400 });
  await expect(query("m + on() m")).rejects.toMatchObject({ code: "promql.execution", http: 422 });
  await expect(query("sort_by_label(m)")).rejects.toMatchObject({ code: "promql.parse" });
  await expect(query("m + fill(0) m")).rejects.toMatchObject({ code: "promql.parse" });
});

test("findings say where in the text they come from", async () => {
  const result = await engine().instant(instant("\n  rate(m[10s])"), never);
  expect(result.warnings).toEqual([]);
  expect(result.infos).toEqual([
    "PromQL info: metric might not be a counter, name does not end in " +
      '_total/_sum/_count/_bucket: "m" (2:8)',
  ]);
});

test("stock servers drop names at once", async () => {
  const relabel = 'label_replace(rate(m{i="1"}[10s]), "old", "$1", "__name__", "(.*)")';
  const labelsWith = async (features: EngineOptions["features"]): Promise<unknown> => {
    const result = await engine({ features }).instant(instant(relabel), never);
    return result.kind === "vector" ? result.labels.map(labelsRecord) : null;
  };
  expect(await labelsWith(QUERY_FEATURES_DEFAULT)).toEqual([{ i: "1" }]);
  expect(await labelsWith(QUERY_FEATURES_ALL)).toEqual([{ i: "1", old: "m" }]);
});

test("a query beyond its budget is refused", async () => {
  const limited = (limits: Partial<typeof QUERY_LIMITS_DEFAULT>): Promise<unknown> =>
    engine({ limits: { ...QUERY_LIMITS_DEFAULT, ...limits } }).range(range("m"), never);
  await expect(limited({ samplesMax: 9 })).resolves.toBeDefined();
  await expect(limited({ samplesMax: 8 })).rejects.toMatchObject({
    code: "promql.limit",
    message: "query processing would load too many samples into memory in query execution",
  });
  await expect(limited({ seriesMax: 2 })).rejects.toThrow(/more than 2 series/);
  await expect(limited({ bytesMax: 100 })).rejects.toThrow(/more than 100 bytes/);
});

test("what children needed is given back", async () => {
  // Nine samples per selector, three per sum: both sums fit where two selectors would not.
  const limits = { ...QUERY_LIMITS_DEFAULT, samplesMax: 13 };
  const result = await engine({ limits }).range(range("sum(m) + sum(m)"), never);
  expect(result.stats.peakSamples).toBeLessThanOrEqual(13);
});

test("a canceled query stops", async () => {
  const controller = new AbortController();
  controller.abort();
  const query = engine().instant(instant("m"), controller.signal);
  await expect(query).rejects.toMatchObject({ code: "promql.canceled", http: 499 });
});

test("a query yields between slices and sees a signal that comes meanwhile", async () => {
  let now = 0;
  let turns = 0;
  const controller = new AbortController();
  const slow = engine({
    queryable: memory(600, 600),
    clock: { wallMs: () => 0, monoMs: () => (now += 10) },
    yieldTurn: () => {
      if (++turns === 3) controller.abort();
      return Promise.resolve();
    },
  });
  const query = { tenant, text: "sum(rate(m[5m]))", startMs: 0, endMs: 600_000, stepMs: 1000 };
  await expect(slow.range(query, controller.signal)).rejects.toThrow(/canceled/);
  expect(turns).toBe(3);
});

test("a query that runs too long stops", async () => {
  let now = 0;
  const slow = engine({
    queryable: memory(600, 600),
    clock: { wallMs: () => 0, monoMs: () => (now += 40) },
  });
  const query = { tenant, text: "m", startMs: 0, endMs: 600_000, stepMs: 1000, timeoutMs: 200 };
  await expect(slow.range(query, never)).rejects.toMatchObject({
    code: "promql.timeout",
    http: 503,
    message: "query timed out in expression evaluation",
  });
});

test("the order of sort survives, everything else is in label order", async () => {
  const values = async (text: string): Promise<number[]> => {
    const result = await engine().instant(instant(text), never);
    return result.kind === "vector" ? [...result.values] : [];
  };
  expect(await values("sort_desc(m)")).toEqual([2, 1, 0]);
  expect(await values("sort_desc(m) + 1")).toEqual([3, 2, 1]);
  expect(await values("topk(2, m)")).toEqual([2, 1]);
  expect(await values("-m")).toEqual([-0, -1, -2]);
});

test("a lookback of its own", async () => {
  const query = { tenant, text: "m", timeMs: 90_000, lookbackMs: 30_000 };
  const result = await engine().instant(query, never);
  expect(result.kind === "vector" && result.labels.length).toBe(0);
});

test("bytes count before they are allocated", async () => {
  // Some 7,500 steps of three series: 200 KB of cells, far more than the samples behind them.
  const limits = { ...QUERY_LIMITS_DEFAULT, bytesMax: 100_000 };
  const query = { tenant, text: "count_values('v', m)", startMs: 0, endMs: 60_000, stepMs: 8 };
  await expect(engine({ limits }).range(query, never)).rejects.toMatchObject({
    code: "promql.limit",
  });
});
