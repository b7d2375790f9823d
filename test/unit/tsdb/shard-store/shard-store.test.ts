import { labelsOf, type Labels } from "#model/labels.ts";
import { seriesRef, tenantId } from "#model/refs.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { isErrorOf } from "#base/engine-error.ts";
import {
  RECORD_CONFIG,
  RECORD_SAMPLES,
  RECORD_SERIES,
  RECORD_TOMBSTONE,
} from "#storage/log-record.ts";
import { SLICE_BYTES_MAX } from "#storage/read-view.ts";
import { CORRUPTION, FORMAT_UNSUPPORTED, OVERLOADED } from "#storage/storage-errors.ts";
import * as verdict from "#storage/verdict.ts";
import { bitsOf, buildBatch, type BatchRow } from "#test/support/batch-builder.ts";
import {
  openHeadStore,
  recordOf,
  selectAll,
  seriesOf,
  slicesOf,
} from "#test/support/head-stores.ts";
import { expect, test } from "vitest";

const T = tenantId(0);
const HOUR = 3_600_000;
const NOW = { trustedNowMs: 10 * HOUR };
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

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return null;
}

test("issues dense refs, describes series, drafts series before samples", () => {
  const store = openHeadStore();
  const rows = [row(named("a", 1), 5), row(named("b", 2), 5), row(named("a", 1), 6)];
  const outcome = store.append(buildBatch(T, 1, rows), NOW);
  expect([...outcome.refs]).toEqual([0, 1]);
  expect(outcome.verdicts).toBeNull();
  expect(outcome.writtenCount).toBe(3);
  expect(outcome.records.map(({ type, count }) => [type, count])).toEqual([
    [RECORD_SERIES, 2],
    [RECORD_SAMPLES, 3],
  ]);
  for (const { payload } of outcome.records) expect(payload.length % 8).toBe(0);
  expect(store.seriesText(seriesRef(1))).toBe('b{n="2"}');
  expect(() => store.seriesText(seriesRef(2))).toThrow(/head: got ref 2, which no series has/);
  expect(store.stats()).toMatchObject({
    seriesCount: 2,
    sampleCount: 3,
    minTimestampMs: 5,
    maxTimestampMs: 6,
  });
});

test("describing a series leaves the outcome of the append as it is", () => {
  const store = openHeadStore();
  const long = named("x".repeat(200), 1);
  store.append(buildBatch(T, 1, [row(long, 6)]), NOW);
  const { refs, verdicts } = store.append(buildBatch(T, 1, [row(long, 6, 2), row(long, 6)]), NOW);
  const before = { refs: [...refs], verdicts: [...verdicts!] };
  expect(before).toEqual({
    refs: [0],
    verdicts: [verdict.VERDICT_CONFLICT, verdict.VERDICT_REPEATED],
  });
  expect(store.seriesText(seriesRef(0))).toContain("xxx");
  expect({ refs: [...refs], verdicts: [...verdicts!] }).toEqual(before);
});

test("a repeated batch changes nothing and drafts nothing, also outside the window", () => {
  const store = openHeadStore({ outOfOrderWindowMs: 0 });
  const rows = [row(named("a", 1), 1000), row(named("a", 1), 2000), row(named("a", 1), 9000)];
  store.append(buildBatch(T, 1, rows), NOW);
  const again = store.append(buildBatch(T, 1, rows), NOW);
  expect([...again.verdicts!]).toEqual(rows.map(() => verdict.VERDICT_REPEATED));
  expect(again.records).toEqual([]);
  const late = store.append(buildBatch(T, 1, [row(0, 1000, 2), row(0, 1001)]), NOW);
  expect([...late.verdicts!]).toEqual([verdict.VERDICT_TOO_OLD, verdict.VERDICT_TOO_OLD]);
});

test("history is older than any window, and still not twice or ahead of time", () => {
  const store = openHeadStore({ outOfOrderWindowMs: 0 });
  const at = NOW.trustedNowMs;
  store.append(buildBatch(T, 1, [row(named("a", 1), at)]), NOW);
  const old = [row(0, at - 3650 * 24 * HOUR), row(0, at, 7), row(0, at + HOUR)];
  const batch = { ...buildBatch(T, 1, old), isHistory: true };
  expect([...store.append(batch, NOW).verdicts!]).toEqual([
    verdict.VERDICT_WRITTEN,
    verdict.VERDICT_CONFLICT,
    verdict.VERDICT_TOO_FAR_AHEAD,
  ]);
});

test("the limits of the window and of the future are inclusive", () => {
  const store = openHeadStore();
  const at = NOW.trustedNowMs;
  const rows = [
    row(named("a", 1), at),
    row(named("a", 1), at - HOUR),
    row(named("a", 1), at - HOUR - 1),
  ];
  expect([...store.append(buildBatch(T, 1, rows), NOW).verdicts!]).toEqual([
    verdict.VERDICT_WRITTEN,
    verdict.VERDICT_WRITTEN,
    verdict.VERDICT_TOO_OLD,
  ]);
  const ahead = [row(named("b", 1), at + 600_000), row(named("c", 1), at + 600_001)];
  expect([...store.append(buildBatch(T, 1, ahead), NOW).verdicts!]).toEqual([
    verdict.VERDICT_WRITTEN,
    verdict.VERDICT_TOO_FAR_AHEAD,
  ]);
});

test("equal fingerprints do not make series equal", () => {
  const store = openHeadStore();
  const sets = [named("a", 1), named("a", 2), labelsOf([["a", "1"]])];
  const forge = (tenant: number): Uint32Array => {
    const batch = buildBatch(
      tenantId(tenant),
      1,
      sets.map((set) => row(set, 1)),
    );
    batch.fingerprints.fill(7);
    return store.append(batch, NOW).refs.slice();
  };
  expect([...forge(0)]).toEqual([0, 1, 2]);
  expect([...forge(1)]).toEqual([3, 4, 5]);
  expect([...forge(0)]).toEqual([0, 1, 2]);
});

test("refs of another tenant or generation are unknown", () => {
  const store = openHeadStore({ generation: 3 });
  store.append(buildBatch(T, 3, [row(named("a", 1), 1)]), NOW);
  const unknown = [verdict.VERDICT_REF_UNKNOWN];
  expect([...store.append(buildBatch(tenantId(1), 3, [row(0, 2)]), NOW).verdicts!]).toEqual(
    unknown,
  );
  expect([...store.append(buildBatch(T, 2, [row(0, 2)]), NOW).verdicts!]).toEqual(unknown);
  expect([...store.append(buildBatch(T, 3, [row(1, 2)]), NOW).verdicts!]).toEqual(unknown);
  expect(store.append(buildBatch(T, 3, [row(0, 2)]), NOW).verdicts).toBeNull();
});

test("a batch past the memory limit is refused whole, a replay is not", () => {
  const bytesMax = 1024 * 1024;
  const store = openHeadStore({ headBytesMax: bytesMax });
  const replica = openHeadStore({ headBytesMax: 65_536 });
  let seq = 0;
  let error: unknown = null;
  let applied = 0;
  for (let n = 0; error === null; n++) {
    const rows = Array.from({ length: 100 }, (_, i) => row(named("m", n * 100 + i), 1));
    const before = store.stats();
    error = caught(() => {
      const { records } = store.append(buildBatch(T, 1, rows), NOW);
      for (const draft of records) replica.apply(recordOf(draft, ++seq));
      applied += rows.length;
    });
    if (error !== null) expect(store.stats()).toEqual(before);
  }
  expect(isErrorOf(error, OVERLOADED)).toBe(true);
  expect(applied).toBeGreaterThan(1000);
  expect(store.stats().usedBytes).toBeLessThanOrEqual(bytesMax);
  expect(replica.stats().sampleCount).toBe(applied);
  using view = store.readView();
  expect(seriesOf(slicesOf(view, selectAll(T))).length).toBe(applied);
});

test("long series come back whole and in order, whatever the order of arrival", () => {
  const store = openHeadStore({ outOfOrderWindowMs: Infinity });
  const times = Array.from({ length: 3000 }, (_, i) => (i * 1_234_577) % 3001);
  for (let from = 0; from < times.length; from += 250) {
    const rows = times.slice(from, from + 250).map((time) => row(named("a", 1), time, time / 3));
    expect(store.append(buildBatch(T, 1, rows), NOW).verdicts).toBeNull();
  }
  using view = store.readView();
  const [series] = seriesOf(slicesOf(view, { ...selectAll(T), minMs: 10, maxMs: 2990 }));
  const want = times.filter((time) => time >= 10 && time <= 2990).toSorted((a, b) => a - b);
  expect(series!.samples).toEqual(want.map((time) => `${time}:${bitsOf(time / 3).toString(16)}`));
});

test.each([8, 16] as const)(
  "samples that nothing packs come back bit by bit (%i staged)",
  (count) => {
    const store = openHeadStore({ stagingSamples: count });
    const random = new SeededRandom(3);
    let time = 0;
    const samples = Array.from({ length: 2500 }, () => {
      time += 1 + Math.floor(random.float() * 1e9);
      const bits = (BigInt(random.u32()) << 32n) | BigInt(random.u32());
      return { series: named("a", 1), timestampMs: time, bits };
    });
    for (let from = 0; from < samples.length; from += 100) {
      const batch = buildBatch(T, 1, samples.slice(from, from + 100));
      expect(store.append(batch, { trustedNowMs: 2 ** 50 }).verdicts).toBeNull();
      if (from === 1300) store.cut();
    }
    using view = store.readView();
    const [series] = seriesOf(slicesOf(view, selectAll(T)));
    expect(series!.samples).toEqual(
      samples.map(({ timestampMs, bits }) => `${timestampMs}:${bits.toString(16)}`),
    );
    const again = store.append(buildBatch(T, 1, samples), { trustedNowMs: 2 ** 50 });
    expect(again.verdicts!.every((one) => one === verdict.VERDICT_REPEATED)).toBe(true);
  },
);

test("samples at uneven times take room for their times, until they are even again", () => {
  const store = openHeadStore();
  const count = 1000;
  const append = (time: number): void => {
    const rows = Array.from({ length: count }, (_, n) => row(named("a", n), time));
    expect(store.append(buildBatch(T, 1, rows), NOW).verdicts).toBeNull();
  };
  append(10);
  append(20);
  const { usedBytes, reservedBytes } = store.stats();
  append(35);
  // 16 times of four bytes; nothing else moves, or twice the room would have to be there.
  expect(store.stats().usedBytes - usedBytes).toBe(count * 64);
  expect(store.stats().reservedBytes - reservedBytes).toBeLessThan(count * 64 + 2 ** 15);
  const used = store.stats().usedBytes;
  for (let i = 4; i <= 16; i++) append(10 * i);
  const sealed = store.stats().usedBytes - used;
  for (let i = 17; i <= 32; i++) append(10 * i);
  append(330);
  // Two miniblocks fit the first segment of a chunk.
  expect(store.stats().usedBytes - used).toBe(sealed - count * 64);
  using view = store.readView();
  const times = [10, 20, 35, ...Array.from({ length: 30 }, (_, i) => 10 * (i + 4))];
  for (const { samples } of seriesOf(slicesOf(view, selectAll(T)))) {
    expect(samples).toEqual(times.map((time) => `${time}:${bitsOf(1).toString(16)}`));
  }
});

test("slices are bounded, in placement order, and a series is in one slice only", () => {
  const store = openHeadStore();
  const sets = Array.from({ length: 700 }, (_, i) =>
    labelsOf([
      ["instance", `host-${i % 9}`],
      ["job", "j"],
      ["n", String(i)],
    ]),
  );
  const batches = Array.from({ length: 20 }, (_, i) =>
    buildBatch(
      T,
      1,
      sets.flatMap((set) => [row(set, i * 10), row(set, i * 10 + 1), row(set, i * 10 + 2)]),
    ),
  );
  for (const batch of batches) store.append(batch, NOW);
  // One series that is more than a slice alone.
  for (let from = 0; from < 20_000; from += 1000) {
    const rows = Array.from({ length: 1000 }, (_, i) => row(named("big", 0), from + i));
    store.append(buildBatch(T, 1, rows), NOW);
  }
  using view = store.readView();
  const slices = slicesOf(view, selectAll(T));
  const sizes = slices.map(
    (slice) =>
      slice.labelBytes.length +
      slice.labelStart.length * 4 +
      slice.sampleStart.length * 4 +
      16 * slice.values.length,
  );
  slices.forEach((slice, i) => {
    if (slice.seriesCount > 1) expect(sizes[i]).toBeLessThanOrEqual(SLICE_BYTES_MAX + 8);
  });
  expect(slices.length).toBeGreaterThan(3);
  const read = seriesOf(slices);
  expect(new Set(read.map(({ key }) => key)).size).toBe(701);
  expect(read.reduce((sum, { samples }) => sum + samples.length, 0)).toBe(700 * 60 + 20_000);
  const rank = new Map<string, bigint>();
  for (const batch of [batches[0]!, buildBatch(T, 1, [row(named("big", 0), 0)])]) {
    const placements = new BigUint64Array(batch.placements.buffer);
    const fingerprints = new BigUint64Array(batch.fingerprints.buffer);
    const keys = batch.labelCount === 1 ? [named("big", 0)] : sets;
    keys.forEach((set, i) =>
      rank.set(set.join("\u{ffff}"), (placements[i]! << 64n) | fingerprints[i]!),
    );
  }
  const ranks = read.map(({ key }) => rank.get(key)!);
  expect(ranks).toEqual(ranks.toSorted((a, b) => (a < b ? -1 : 1)));
});

test("a selection without samples gives the label sets in range only", () => {
  const store = openHeadStore();
  const rows = Array.from({ length: 9000 }, (_, i) => row(named("m", i), i < 8900 ? 1 : 100));
  for (let from = 0; from < rows.length; from += 3000) {
    store.append(buildBatch(T, 1, rows.slice(from, from + 3000)), NOW);
  }
  using view = store.readView();
  const request = { ...selectAll(T), minMs: 50, maxMs: 100, withSamples: false };
  const read = seriesOf(slicesOf(view, request));
  expect(read.length).toBe(100);
  expect(read.every(({ samples }) => samples.length === 0)).toBe(true);
  const matchers = [{ kind: "=~", name: "n", value: "899." } as const];
  expect(seriesOf(slicesOf(view, { ...request, matchers })).length).toBe(10);
  expect(slicesOf(view, { ...request, tenant: tenantId(1) })).toEqual([]);
});

test("a view does not see what came after it, and ends with dispose", () => {
  const store = openHeadStore();
  store.append(buildBatch(T, 1, [row(named("a", 1), 1)]), NOW);
  const view = store.readView();
  store.append(buildBatch(T, 1, [row(0, 2), row(named("b", 1), 1)]), NOW);
  expect(seriesOf(slicesOf(view, selectAll(T))).map(({ samples }) => samples.length)).toEqual([1]);
  const cursor = view.select(selectAll(T));
  const closed = view.select(selectAll(T));
  closed.close();
  expect(closed.next()).toBeNull();
  view[Symbol.dispose]();
  view[Symbol.dispose]();
  expect(() => cursor.next()).toThrow(/after dispose/);
  expect(() => view.select(selectAll(T))).toThrow(/after dispose/);
});

test("apply refuses what does not fit its state", () => {
  const store = openHeadStore();
  const { records } = store.append(
    buildBatch(T, 1, [row(named("a", 1), 1), row(named("b", 1), 1)]),
    NOW,
  );
  const [series, samples] = records.map((draft, i) => recordOf(draft, i + 1));
  const empty = openHeadStore();
  expect(
    isErrorOf(
      caught(() => empty.apply(samples!)),
      CORRUPTION,
    ),
  ).toBe(true);
  expect(empty.stats().sampleCount).toBe(0);
  empty.apply(series!);
  const swapped = series!.payload.slice();
  new Uint32Array(swapped.buffer).set([1], 2);
  expect(() => empty.apply({ ...series!, payload: swapped, seq: samples!.seq })).toThrow(
    /ref 1 and its labels belong to different series/,
  );
  expect(() => empty.apply(series!)).toThrow(/got record 1 after 1/);
  const other = { ...series!, type: RECORD_TOMBSTONE, seq: samples!.seq };
  expect(
    isErrorOf(
      caught(() => empty.apply(other)),
      FORMAT_UNSUPPORTED,
    ),
  ).toBe(true);
  empty.apply({ ...other, flags: 0 });
  empty.apply({ ...other, type: RECORD_CONFIG, seq: recordOf(series!, 3).seq });
  expect(empty.readView().appliedSeq).toBe(3);
});
