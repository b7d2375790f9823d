/**
 * Covers: src/tsdb/head/head-cut.ts, src/tsdb/head/head-generations.ts, src/tsdb/head/live-refs.ts,
 * src/tsdb/shard-store/
 */
import { isErrorOf } from "#base/engine-error.ts";
import { labelsOf, type Labels } from "#model/labels.ts";
import { seq as seqOf, seriesRef, tenantId } from "#model/refs.ts";
import { RECORD_CUT, RECORD_SAMPLES, RECORD_SERIES } from "#storage/log-record.ts";
import type { LogRecordDraft } from "#storage/log-record.ts";
import type { ShardStore } from "#storage/shard-store.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";
import * as verdict from "#storage/verdict.ts";
import { bitsOf, buildBatch, type BatchRow } from "#test/support/batch-builder.ts";
import {
  openHeadStore,
  recordOf,
  selectAll,
  seriesOf,
  slicesOf,
} from "#test/support/head-stores.ts";
import { GENERATIONS_CLOSED_MAX } from "#tsdb/head/head-generations.ts";
import { SeriesPayloadReader } from "#tsdb/wal/series-payload-reader.ts";
import { expect, test } from "vitest";

const T = tenantId(0);
const NOW = { trustedNowMs: 1e12 };
const named = (name: string, n: number): Labels =>
  labelsOf([
    ["__name__", name],
    ["n", String(n)],
  ]);
const row = (series: number | Labels, timestampMs: number, value = 1): BatchRow => ({
  series,
  timestampMs,
  bits: bitsOf(value),
});

function append(store: ShardStore, rows: readonly BatchRow[], generation = 1): number[] {
  const { verdicts } = store.append(buildBatch(T, generation, rows), NOW);
  return [...(verdicts ?? new Uint8Array(rows.length))];
}

function release(store: ShardStore): void {
  store.releaseGeneration(store.closedGenerations()[0]!.number);
}

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return null;
}

test("a closed generation is read, released, and its memory comes back with the last old view", () => {
  const store = openHeadStore();
  for (let i = 0; i < 40; i++) {
    append(
      store,
      Array.from({ length: 500 }, (_, n) => row(named("m", n), i, i / 7)),
    );
  }
  const draft = store.cut();
  expect([draft.type, draft.count, draft.payload.length % 8]).toEqual([RECORD_CUT, 1, 0]);
  const [closed] = store.closedGenerations();
  expect(closed).toEqual({
    number: 1,
    firstSeq: 1,
    lastSeq: 42,
    minMs: 0,
    maxMs: 39,
    sampleCount: 20_000,
  });
  const view = store.readView();
  const full = store.stats().usedBytes;
  release(store);
  expect(store.stats()).toMatchObject({ sampleCount: 0, seriesCount: 500, maxTimestampMs: 39 });
  expect(store.stats().usedBytes).toBe(full);
  {
    using after = store.readView();
    expect(slicesOf(after, selectAll(T))).toEqual([]);
  }
  const read = seriesOf(slicesOf(view, selectAll(T)));
  expect(read.reduce((sum, { samples }) => sum + samples.length, 0)).toBe(20_000);
  view[Symbol.dispose]();
  expect(store.stats().usedBytes).toBeLessThan(full);
});

test("verdicts go on over cuts: against the newest sample always, against others while in memory", () => {
  const store = openHeadStore();
  append(store, [row(named("a", 1), 1000, 1), row(named("a", 1), 2000, 2)]);
  store.cut();
  expect(
    append(store, [row(0, 1000, 1), row(0, 1000, 5), row(0, 2000, 2), row(0, 2000, 5)]),
  ).toEqual([
    verdict.VERDICT_REPEATED,
    verdict.VERDICT_CONFLICT,
    verdict.VERDICT_REPEATED,
    verdict.VERDICT_CONFLICT,
  ]);
  release(store);
  expect(append(store, [row(0, 2000, 2), row(0, 2000, 5), row(0, 1000, 5)])).toEqual([
    verdict.VERDICT_REPEATED,
    verdict.VERDICT_CONFLICT,
    verdict.VERDICT_WRITTEN,
  ]);
});

test("series idle for two generations are dropped, their refs are not used again", () => {
  const store = openHeadStore();
  const replica = openHeadStore();
  let seq = 0;
  const cut = (): void => replica.apply(recordOf(store.cut(), ++seq));
  const add = (rows: readonly BatchRow[], generation = store.generation): number[] => {
    const outcome = store.append(buildBatch(T, generation, rows), NOW);
    for (const draft of outcome.records) replica.apply(recordOf(draft, ++seq));
    return [...outcome.refs];
  };
  add([row(named("gone", 1), 1), row(named("kept", 1), 1)]);
  cut();
  release(store);
  add([row(1, 2)]);
  cut();
  release(store);
  expect(store.stats().seriesCount).toBe(2);
  add([row(1, 3)]);
  cut();
  expect([store.stats().seriesCount, replica.stats().seriesCount]).toEqual([1, 1]);
  // The replica has flushed nothing: the samples are still there, under one series when it returns.
  const generation = store.generation;
  expect(append(store, [row(0, 4)], generation)).toEqual([verdict.VERDICT_REF_UNKNOWN]);
  expect(store.generation).not.toBe(generation);
  expect(add([row(named("gone", 1), 5), row(1, 4)].toReversed(), generation)).toEqual([2]);
  {
    using view = replica.readView();
    const texts = seriesOf(slicesOf(view, selectAll(T))).map(({ samples }) => samples.length);
    expect(texts.toSorted((a, b) => a - b)).toEqual([2, 4]);
  }
  while (replica.closedGenerations().length > 0) release(replica);
  using view = replica.readView();
  const texts = seriesOf(slicesOf(view, selectAll(T))).map(({ samples }) => samples.length);
  expect(texts).toEqual([1, 1]);
  expect(replica.seriesText(seriesRef(2))).toBe('gone{n="1"}');
  expect(() => replica.seriesText(seriesRef(0))).toThrow(/ref 0, which no series has/);
});

test("churn leaves memory as it was", () => {
  const store = openHeadStore({ headBytesMax: 4 * 1024 * 1024 });
  const used: number[] = [];
  for (let round = 0; round < 30; round++) {
    for (let i = 0; i < 20; i++) {
      const rows = Array.from({ length: 200 }, (_, n) =>
        row(named("m", round * 100 + n), round * 100 + i, n / 3),
      );
      append(store, rows);
    }
    store.cut();
    release(store);
    used.push(store.stats().usedBytes);
  }
  expect(store.stats().seriesCount).toBeLessThan(600);
  expect(used.at(-1)! / used[9]!).toBeLessThan(1.05);
  expect(store.stats().reservedBytes).toBeLessThan(2 * 1024 * 1024);
});

test("cutting goes on only while generations are released", () => {
  const store = openHeadStore();
  for (let i = 0; i < GENERATIONS_CLOSED_MAX; i++) store.cut();
  const before = store.closedGenerations().length;
  expect(
    isErrorOf(
      caught(() => store.cut()),
      OVERLOADED,
    ),
  ).toBe(true);
  expect(store.closedGenerations().length).toBe(before);
  release(store);
  store.cut();
  expect(() => store.releaseGeneration(99)).toThrow(/release of 99 before 2/);
  expect(() => store.readGeneration(1)).toThrow(/1 is not closed, or released/);
});

test("a cursor over a generation ends with its release", () => {
  const store = openHeadStore();
  append(store, [row(named("a", 1), 1)]);
  store.cut();
  const cursor = store.readGeneration(1);
  release(store);
  expect(() => cursor.next()).toThrow(/1 was released/);
});

test("without room for new series only batches that know theirs are taken", () => {
  const store = openHeadStore();
  append(store, [row(named("a", 1), 1)]);
  const full = { ...NOW, refusesNewSeries: true };
  const known = buildBatch(T, 1, [row(0, 2), row(named("a", 1), 3)]);
  expect(store.append(known, full).verdicts).toBeNull();
  const mixed = buildBatch(T, 1, [row(0, 4), row(named("b", 1), 4), row(named("c", 1), 4)]);
  const error = caught(() => store.append(mixed, full));
  expect(isErrorOf(error, OVERLOADED)).toBe(true);
  expect(String(error)).toContain("cannot add 2 new series");
  expect(store.stats()).toMatchObject({ seriesCount: 1, sampleCount: 3 });
});

test("a store from the series log numbers on, and forgets no series too early", () => {
  const store = openHeadStore();
  append(store, [row(named("a", 1), 1), row(named("b", 1), 1)]);
  store.cut();
  const cursor = store.seriesRecords(1, "new");
  const kept: LogRecordDraft[] = [];
  for (let draft = cursor.next(); draft !== null; draft = cursor.next()) {
    kept.push({ ...draft, payload: draft.payload.slice() });
  }
  expect(kept.map(({ type, count }) => [type, count])).toEqual([
    [RECORD_SERIES, 2],
    [RECORD_CUT, 1],
  ]);
  const restored = openHeadStore();
  for (const draft of kept) restored.restore(draft);
  expect(restored.stats()).toMatchObject({ seriesCount: 2, sampleCount: 0, maxTimestampMs: 1 });
  restored.cut();
  restored.cut();
  expect(restored.closedGenerations().map(({ number }) => number)).toEqual([2, 3]);
  expect(restored.stats().seriesCount).toBe(2);
  release(restored);
  restored.cut();
  expect(restored.stats().seriesCount).toBe(0);
  expect(() => restored.restore({ ...kept[0]!, type: RECORD_SAMPLES })).toThrow(/after the log/);
});

test("a store goes on behind what is in blocks", () => {
  const store = openHeadStore();
  store.resumeBehind(seqOf(40));
  append(store, [row(named("a", 1), 1)]);
  store.cut();
  expect(store.closedGenerations()).toMatchObject([{ firstSeq: 41, lastSeq: 43 }]);
  expect(() => store.resumeBehind(seqOf(50))).toThrow(/resumed behind 50 after record 43/);
});

test("the series log has a record of each tenant's series, in the order of their refs", () => {
  const store = openHeadStore();
  for (const [i, tenant] of [9, 2, 9, 0, 2, 9].entries()) {
    const batch = buildBatch(tenantId(tenant), 1, [row(named(`m${i}`, 1), 1)]);
    expect(store.append(batch, NOW).verdicts).toBeNull();
  }
  store.cut();
  const cursor = store.seriesRecords(1, "all");
  const found: string[] = [];
  for (let draft = cursor.next(); draft !== null; draft = cursor.next()) {
    if (draft.type !== RECORD_SERIES) continue;
    const series = new SeriesPayloadReader(draft.payload.slice(), draft.count);
    const refs: number[] = [];
    while (series.next()) refs.push(series.ref);
    found.push(`${series.tenant}: ${refs.join(" ")}`);
  }
  expect(found).toEqual(["0: 3", "2: 1 4", "9: 0 2 5"]);
});
