/**
 * Queries over head and blocks against a plain map of all samples: cuts, flushes, merges and
 * deletions at random, selections that stay open across them. No sample is missed, none comes twice.
 * Covers: src/tsdb/select/, src/query/fanout/, src/tsdb/manifest/select-blocks.ts
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeHistogram } from "#chunk/histogram/encode-histogram.ts";
import type { FloatHistogram } from "#model/float-histogram.ts";
import { formatHistogramLiteral } from "#model/histogram/format-histogram.ts";
import { makeHistogram } from "#model/histogram/make-histogram.ts";
import { labelsOf } from "#model/labels.ts";
import type { Labels } from "#model/labels.ts";
import type { Matcher } from "#model/matcher.ts";
import { compileMatchers } from "#model/matches-labels.ts";
import { tenantId } from "#model/refs.ts";
import type { FanoutQueryable } from "#query/fanout/fanout-queryable.ts";
import type { SelectRequest, SeriesSet } from "#storage/queryable.ts";
import { VERDICT_WRITTEN } from "#storage/verdict.ts";
import { type BatchRow, buildBatch, histogramRow } from "#test/support/batch-builder.ts";
import { FlushingShard, readersOf } from "#test/support/flushing-shard.ts";
import { kernelPageTools } from "#test/support/kernel-pages.ts";

const HOUR_MS = 3_600_000;
const RANGE_MS: number = 6 * HOUR_MS;
const tenant = tenantId(4);
const QUERIES_PER_STEP = 12;
const labelSets: readonly Labels[] = [
  [
    ["__name__", "up"],
    ["instance", "x"],
    ["job", "a"],
  ],
  [
    ["__name__", "up"],
    ["instance", "x"],
    ["job", "b"],
  ],
  [
    ["__name__", "errors_total"],
    ["instance", "y"],
    ["job", "a"],
    ["zone", "größe"],
  ],
  [["__name__", "loner"]],
  [
    ["__name__", "up"],
    ["job", "a"],
  ],
].map((pairs) => labelsOf(pairs as [string, string][]));
const someMatchers: readonly (readonly Matcher[])[] = [
  [],
  [{ kind: "=", name: "job", value: "a" }],
  [{ kind: "!=", name: "job", value: "a" }],
  [{ kind: "=~", name: "__name__", value: "up|loner" }],
  [
    { kind: "=", name: "__name__", value: "up" },
    { kind: "!~", name: "instance", value: "x.*" },
  ],
  [{ kind: "=", name: "job", value: "none" }],
];

const anyTime = fc.oneof(
  fc.integer({ min: 0, max: 23 }).map((slot) => slot * 900_000),
  fc.integer({ min: 0, max: RANGE_MS - 1 }),
);
const anyBits = fc.oneof(
  fc.bigInt({ min: 0n, max: 9n }),
  fc.constantFrom(0x7ff0_0000_0000_0002n, 0x3ff0_0000_0000_0000n, 1n << 63n),
);
const anyHistogram = fc
  .record({ sum: fc.nat({ max: 4 }), length: fc.constantFrom(1, 2, 40) })
  .map(({ sum, length }): FloatHistogram => {
    const counts = Float64Array.from({ length }, (_, i) => i + sum + 1);
    const indexes = Int32Array.from(counts, (_, i) => i);
    return makeHistogram({ sum, count: length, positive: { indexes, counts } });
  });
/** Bits of a float, or a histogram. */
const anyContent = fc.oneof(
  { weight: 3, arbitrary: anyBits },
  { weight: 1, arbitrary: anyHistogram },
);
type Content = bigint | FloatHistogram;
const anyQuery = fc.record({
  matchers: fc.nat({ max: someMatchers.length - 1 }),
  from: anyTime,
  length: fc.oneof(fc.constant(RANGE_MS), fc.integer({ min: 0, max: RANGE_MS })),
  kind: fc.constantFrom("select", "select", "series", "names", "values"),
});
type Query = typeof anyQuery extends fc.Arbitrary<infer T> ? T : never;
const anyStep = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      step: fc.constant("append" as const),
      rows: fc.array(fc.tuple(fc.nat({ max: labelSets.length - 1 }), anyTime, anyContent), {
        minLength: 1,
        maxLength: 40,
      }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constant("cut" as const) }) },
  { weight: 3, arbitrary: fc.record({ step: fc.constant("flush" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant("compact" as const),
      at: anyTime,
      width: fc.constantFrom(2 * HOUR_MS, 24 * HOUR_MS),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ step: fc.constant("delete" as const), query: anyQuery }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constant("hold" as const), query: anyQuery }) },
);
const anyLife = fc.record({
  steps: fc.array(anyStep, { minLength: 12, maxLength: 24 }),
  queries: fc.array(anyQuery, { minLength: QUERIES_PER_STEP, maxLength: QUERIES_PER_STEP }),
});

/** Per series, what a sample is, as text, by time. */
type Twin = readonly Map<number, string>[];

function requestOf({ matchers, from, length }: Query): SelectRequest {
  return { tenant, matchers: someMatchers[matchers]!, minMs: from, maxMs: from + length };
}

/** What the twin has of a request, by labels. */
function expected(twin: Twin, request: SelectRequest): Map<string, string[]> {
  const accepts = compileMatchers(request.matchers);
  const found = new Map<string, string[]>();
  for (const [i, samples] of twin.entries()) {
    const labels = labelSets[i]!;
    if (!accepts(labels)) continue;
    const rows = [...samples]
      .filter(([at]) => at >= request.minMs && at <= request.maxMs)
      .toSorted(([a], [b]) => a - b)
      .map(([at, text]) => `${at}:${text}`);
    if (rows.length > 0) found.set(labels.join(), rows);
  }
  return found;
}

async function readSet(set: SeriesSet): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (let batch = await set.next(); batch !== null; batch = await set.next()) {
    const bits = new BigUint64Array(batch.values.slice().buffer);
    for (const [i, labels] of batch.labels.entries()) {
      expect(found.has(labels.join())).toBe(false);
      const rows: string[] = [];
      for (let row = batch.sampleStart[i]!; row < batch.sampleStart[i + 1]!; row++) {
        const content = batch.histograms?.[row] ?? bits[row]!;
        rows.push(`${batch.timestamps[row]}:${textOf(content)}`);
      }
      found.set(labels.join(), rows);
    }
  }
  return found;
}

async function ask(queryable: FanoutQueryable, twin: Twin, query: Query): Promise<void> {
  const { signal } = new AbortController();
  const request = requestOf(query);
  const want = expected(twin, request);
  const labels = labelSets.filter((set) => want.has(set.join()));
  const texts = (keep: (name: string, value: string) => string | null): string[] => {
    const kept = new Set<string>();
    for (const set of labels) {
      for (let i = 0; i < set.length; i += 2) {
        const text = keep(set[i]!, set[i + 1]!);
        if (text !== null) kept.add(text);
      }
    }
    return [...kept].toSorted();
  };
  if (query.kind === "select") {
    await using set = queryable.select(request, signal);
    expect(await readSet(set)).toEqual(want);
  } else if (query.kind === "series") {
    const series = await queryable.series(request, signal);
    expect(series.map((set) => set.join()).toSorted()).toEqual([...want.keys()].toSorted());
  } else if (query.kind === "names") {
    expect(await queryable.labelNames(request, signal)).toEqual(texts((name) => name));
  } else {
    const values = await queryable.labelValues({ ...request, label: "job" }, signal);
    expect(values).toEqual(texts((name, value) => (name === "job" ? value : null)));
  }
}

interface Held {
  readonly set: SeriesSet;
  readonly want: Map<string, string[]>;
}

/** About 18 steps each, and 12 queries behind each step: above ten thousand queries. */
const LIVES = 50;

test("head and blocks answer as one plain map", async () => {
  const tools = kernelPageTools();
  let queries = 0;
  const property = fc.asyncProperty(anyLife, async ({ steps, queries: asked }) => {
    const shard = await FlushingShard.open(tools);
    const { queryable } = readersOf(shard);
    const twin: Twin = labelSets.map(() => new Map());
    const held: Held[] = [];
    for (const one of steps) {
      if (one.step === "append") append(shard, twin, one.rows);
      else if (one.step === "cut") cut(shard);
      else if (one.step === "flush") await flush(shard);
      else if (one.step === "compact") await shard.compact(one.at, one.width);
      else if (one.step === "delete") await remove(shard, twin, one.query);
      else held.push(await hold(queryable, twin, one.query));
      for (const query of asked) await ask(queryable, twin, query);
      queries += asked.length;
    }
    for (const { set, want } of held) {
      expect(await readSet(set)).toEqual(want);
      await set[Symbol.asyncDispose]();
    }
    for (let i = 0; i < 10; i++) await Promise.resolve();
    expect(shard.pinCount).toBe(0);
  });
  await fc.assert(property, { numRuns: LIVES });
  expect(queries).toBeGreaterThan(8000);
});

function append(
  shard: FlushingShard,
  twin: Twin,
  rows: readonly (readonly [number, number, Content])[],
): void {
  const batch = buildBatch(tenant, shard.store.generation, rows.map(rowOf));
  const { verdicts } = shard.append(batch);
  for (const [i, [which, at, content]] of rows.entries()) {
    const samples = twin[which]!;
    if ((verdicts?.[i] ?? VERDICT_WRITTEN) !== VERDICT_WRITTEN) continue;
    if (!samples.has(at)) samples.set(at, textOf(content));
  }
}

function rowOf([which, timestampMs, content]: readonly [number, number, Content]): BatchRow {
  const series = labelSets[which]!;
  return typeof content === "bigint"
    ? { series, timestampMs, bits: content }
    : histogramRow(series, timestampMs, encodeHistogram(content, true)!);
}

/** Hints are of the read, not of the sample. */
function textOf(content: Content): string {
  return typeof content === "bigint"
    ? content.toString(16)
    : formatHistogramLiteral({ ...content, counterResetHint: "unknown" });
}

/** As many as may wait for their flush. */
const CLOSED_MAX = 3;

function cut(shard: FlushingShard): void {
  if (shard.store.closedGenerations().length < CLOSED_MAX) shard.cut();
}

/** The oldest closed generation, or what there is. */
async function flush(shard: FlushingShard): Promise<void> {
  if (shard.store.closedGenerations().length === 0) shard.cut();
  await shard.flush();
}

async function remove(shard: FlushingShard, twin: Twin, query: Query): Promise<void> {
  const request = requestOf(query);
  if (request.matchers.length === 0) return;
  while (await shard.flush()) continue;
  await shard.delete(tenant, request.matchers, request);
  const accepts = compileMatchers(request.matchers);
  for (const [i, samples] of twin.entries()) {
    if (!accepts(labelSets[i]!)) continue;
    for (const at of samples.keys()) {
      if (at >= request.minMs && at <= request.maxMs) samples.delete(at);
    }
  }
}

async function hold(queryable: FanoutQueryable, twin: Twin, query: Query): Promise<Held> {
  const request = requestOf(query);
  const set = queryable.select(request, new AbortController().signal);
  // The views are taken when the message arrives.
  for (let i = 0; i < 10; i++) await Promise.resolve();
  return { set, want: expected(twin, request) };
}
