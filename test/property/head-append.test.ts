/**
 * The shard store against a plain model that keeps an array per series: same verdicts, same refs,
 * every view shows what the model held when it was opened, whatever is cut and released meanwhile.
 * A replica that follows the records at its own pace, and a store that starts from the series log
 * and the rest of the log at any moment, show the same.
 * Covers: src/tsdb/head/, src/tsdb/shard-store/, src/kernels/head-kernel.ts
 */
import { encodeHistogram } from "#chunk/histogram/encode-histogram.ts";
import { makeHistogram } from "#model/histogram/make-histogram.ts";
import { labelsKey, labelsOf, type Labels } from "#model/labels.ts";
import { tenantId } from "#model/refs.ts";
import type { GenerationSlice } from "#storage/head-generation.ts";
import type { LogRecord, LogRecordDraft } from "#storage/log-record.ts";
import type { ReadView } from "#storage/read-view.ts";
import type { ShardStore } from "#storage/shard-store.ts";
import { buildBatch, histogramRow, type BatchRow } from "#test/support/batch-builder.ts";
import { packColumns } from "#test/support/pack-columns.ts";
import { byKey, HeadModel } from "#test/support/head-model.ts";
import {
  openHeadStore,
  recordOf,
  selectAll,
  seriesOf,
  slicesOf,
} from "#test/support/head-stores.ts";
import type { StoredSeries } from "#test/support/head-stores.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

const NOW = 1_000_000;
const TENANTS = [0, 5].map(tenantId);
const SETS: readonly Labels[] = Array.from({ length: 6 }, (_, i) =>
  labelsOf([
    ["__name__", "m"],
    ["instance", `i${i % 3}`],
    ["n", String(i)],
  ]),
);
const BITS = [
  0n, // 0
  0x8000_0000_0000_0000n, // -0
  0x7ff0_0000_0000_0002n, // stale
  0x7ff8_0000_0000_0000n, // NaN
  0xfff8_0000_0000_1234n, // NaN with a payload
  0x7ff0_0000_0000_0000n, // Infinity
  0x3ff0_0000_0000_0000n, // 1
  0xfffb_0000_0000_0001n, // NaN that looks like a histogram
] as const;
const ITEMS = [1, 2, 3].map((count) => encodeHistogram(makeHistogram({ count }), true)!);

/** `GYRE_FUZZ_RUNS` raises it for long campaigns. */
const RUNS = Number(process.env["GYRE_FUZZ_RUNS"] ?? 70);

type Step =
  | {
      readonly do: "append";
      readonly tenant: (typeof TENANTS)[number];
      readonly rows: readonly BatchRow[];
      readonly stale: boolean;
    }
  | { readonly do: "open" | "cut" | "flush" | "follow" | "rewrite" | "recover" }
  | { readonly do: "close"; readonly which: number };

const timestamp = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: NOW - 60, max: NOW }) },
  { weight: 4, arbitrary: fc.integer({ min: NOW - 5000, max: NOW + 700_000 }) },
  fc.constantFrom(-0, 0, 0.5, NaN, -Infinity, -(2 ** 52), -(2 ** 52) - 1, 2 ** 52, 1e300),
);
const rowOf = (series: fc.Arbitrary<number | Labels>): fc.Arbitrary<BatchRow> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ series, timestampMs: timestamp, bits: fc.constantFrom(...BITS) }),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(series, timestamp, fc.constantFrom(...ITEMS))
        .map((row) => histogramRow(...row)),
    },
  );
/** Many samples of one series in order of time: full staging areas and chunks of many segments. */
const run = fc
  .record({
    labels: fc.constantFrom(...SETS),
    fromMs: fc.integer({ min: NOW - 4000, max: NOW }),
    stepMs: fc.constantFrom(1, 15, 3_000_000_000),
    bits: fc.array(fc.constantFrom(...BITS), { minLength: 1, maxLength: 70, size: "max" }),
  })
  .map(({ labels, fromMs, stepMs, bits }) =>
    bits
      .map((one, i) => ({ series: labels, timestampMs: fromMs - i * stepMs, bits: one }))
      .reverse(),
  );
const rows = fc
  .tuple(
    fc.array(rowOf(fc.nat(12)), { maxLength: 20, size: "max" }),
    fc.array(rowOf(fc.constantFrom(...SETS)), { maxLength: 20, size: "max" }),
    fc.oneof(fc.constant([]), run),
  )
  .map(([known, labelled, many]) => [...known, ...many, ...labelled]);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("append" as const),
      tenant: fc.constantFrom(...TENANTS),
      rows,
      stale: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom("open", "cut", "cut", "flush", "flush", "follow", "rewrite", "recover"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("close" as const), which: fc.nat(5) }) },
);

const RANGES = [
  [-Infinity, Infinity],
  [NOW - 40, NOW - 10],
  [0, 0],
] as const;

function snapshots(model: HeadModel, released: number = model.released): StoredSeries[][] {
  return TENANTS.flatMap((tenant) =>
    RANGES.map(([minMs, maxMs]) => model.snapshot(tenant, minMs, maxMs, released)),
  );
}

function readAll(view: ReadView): StoredSeries[][] {
  return TENANTS.flatMap((tenant) =>
    RANGES.map(([minMs, maxMs]) =>
      seriesOf(slicesOf(view, { ...selectAll(tenant), minMs, maxMs })).toSorted(byKey),
    ),
  );
}

interface OpenView {
  readonly view: ReadView;
  readonly released: number;
  readonly want: readonly (readonly StoredSeries[])[];
}

class Scene {
  readonly store: ShardStore;
  readonly model: HeadModel;
  readonly replica: ShardStore;
  readonly windowMs: number;
  readonly records: LogRecord[] = [];
  readonly views: OpenView[] = [];
  seriesLog: LogRecordDraft[] = [];
  flushedSeq = 0;
  /** Refs of generations that the store had. */
  generations = [1];

  constructor(windowMs: number, stagingSamples: 8 | 16) {
    this.windowMs = windowMs;
    this.store = openHeadStore({ outOfOrderWindowMs: windowMs, stagingSamples });
    this.replica = openHeadStore({ outOfOrderWindowMs: windowMs });
    this.model = new HeadModel(windowMs, NOW);
  }

  log(drafts: readonly LogRecordDraft[]): void {
    for (const draft of drafts) {
      const record = recordOf(draft, this.records.length + 1);
      this.records.push(record);
      this.replica.apply(record);
    }
  }

  append({ tenant, rows: given, stale }: Step & { do: "append" }): void {
    const { store, model } = this;
    const own = this.generations.at(this.records.length % this.generations.length)!;
    const labelled = given.filter((row) => typeof row.series !== "number");
    // Entries are resolved first, in order of their first row.
    for (const row of labelled) model.resolve(tenant, row.series as Labels);
    const want = given.map((row) => model.append(tenant, row, !stale));
    const distinct = new Map(
      labelled.map((row) => [labelsKey(row.series as Labels), row.series as Labels]),
    );
    const wantRefs = [...distinct.values()].map((labels) => model.resolve(tenant, labels).ref);
    const built = buildBatch(tenant, stale ? own + 1 : own, given);
    const isPlain = labelled.length === 0 && built.histograms === null;
    const batch = isPlain && given.length % 2 === 1 ? packColumns(built) : built;
    // Every third record asks for small staging areas, as a node short of memory does.
    const refusesNewSeries = labelled.length === 0 && this.records.length % 3 === 0;
    const outcome = store.append(batch, { trustedNowMs: NOW, refusesNewSeries });
    expect([...(outcome.verdicts ?? new Uint8Array(given.length))]).toEqual(want);
    expect([...outcome.refs]).toEqual(wantRefs);
    expect(outcome.writtenCount).toBe(want.filter((one) => one === 0).length);
    if (store.generation !== this.generations.at(-1)) this.generations.push(store.generation);
    this.log(outcome.records);
  }

  open(): void {
    const { model, records } = this;
    const view = this.store.readView();
    expect(view.appliedSeq).toBe(records.length);
    this.views.push({ view, released: model.released, want: snapshots(model) });
  }

  close(which: number): void {
    const [closed] = this.views.splice(which, 1);
    if (closed === undefined) return;
    expect(readAll(closed.view)).toEqual(closed.want);
    closed.view[Symbol.dispose]();
  }

  cut(): void {
    const { model, views } = this;
    model.cut(Math.min(model.released, ...views.map(({ released }) => released)));
    this.log([this.store.cut()]);
    const closed = this.store.closedGenerations().at(-1)!;
    const samples = model.series
      .flatMap((series) => series.samples)
      .filter(({ generation }) => generation === model.current - 1)
      .map(({ timestampMs }) => timestampMs);
    expect(closed).toMatchObject({
      number: model.current - 1,
      lastSeq: this.records.length,
      minMs: Math.min(...samples),
      maxMs: Math.max(...samples),
      sampleCount: samples.length,
    });
  }

  /** The oldest closed generation goes to blocks. */
  flush(isCrash: boolean): void {
    const { store, model } = this;
    const [closed] = store.closedGenerations();
    if (closed === undefined) return;
    const slices: GenerationSlice[] = [];
    const cursor = store.readGeneration(closed.number);
    for (let slice = cursor.next(); slice !== null; slice = cursor.next()) slices.push(slice);
    for (const tenant of TENANTS) {
      const read = slices.flatMap((slice) =>
        seriesOf([slice]).filter((_, i) => slice.tenants[i] === tenant),
      );
      expect(read.toSorted(byKey)).toEqual(model.ofGeneration(tenant, closed.number));
    }
    const kept = [...this.seriesLog, ...this.#seriesRecords(closed.number, "new")];
    if (isCrash) {
      this.recover(kept);
      return;
    }
    this.seriesLog = kept;
    this.flushedSeq = closed.lastSeq;
    store.releaseGeneration(closed.number);
    model.released = closed.number;
  }

  /** Rewrites the series log, and stops before the flush is over. */
  rewrite(): void {
    const [closed] = this.store.closedGenerations();
    if (closed !== undefined) this.recover(this.#seriesRecords(closed.number, "all"));
  }

  #seriesRecords(number: number, which: "new" | "all"): LogRecordDraft[] {
    const drafts: LogRecordDraft[] = [];
    const cursor = this.store.seriesRecords(number, which);
    for (let draft = cursor.next(); draft !== null; draft = cursor.next()) {
      drafts.push({ ...draft, payload: draft.payload.slice() });
    }
    return drafts;
  }

  /** A fresh store from what is on disk shows what this one does, and issues the same refs. */
  recover(seriesLog: readonly LogRecordDraft[] = this.seriesLog): void {
    const { windowMs, model } = this;
    const store = openHeadStore({ outOfOrderWindowMs: windowMs });
    for (const draft of seriesLog) store.restore(draft);
    for (const record of this.records) if (record.seq > this.flushedSeq) store.apply(record);
    using view = store.readView();
    expect(readAll(view)).toEqual(snapshots(model));
    const fresh = labelsOf([["fresh", "1"]]);
    const row = { series: fresh, timestampMs: NOW, bits: 1n };
    const batch = buildBatch(TENANTS[0]!, 1, [row]);
    expect([...store.append(batch, { trustedNowMs: NOW }).refs]).toEqual([model.series.length]);
  }

  /** The replica's own flush gets ahead by one. */
  follow(): void {
    const [closed] = this.replica.closedGenerations();
    if (closed !== undefined) this.replica.releaseGeneration(closed.number);
  }

  end(): void {
    const { store, replica, model, views } = this;
    for (const { view, want } of views) {
      expect(readAll(view)).toEqual(want);
      view[Symbol.dispose]();
    }
    const released = (replica.closedGenerations()[0]?.number ?? model.current) - 1;
    {
      using last = replica.readView();
      expect(readAll(last)).toEqual(snapshots(model, released));
    }
    expect(replica.stats().seriesCount).toBe(store.stats().seriesCount);
    expect(replica.stats().maxTimestampMs).toBe(store.stats().maxTimestampMs);
    while (store.closedGenerations().length > 0) this.flush(false);
    while (replica.closedGenerations().length > 0) this.follow();
    expect(replica.stats().sampleCount).toBe(store.stats().sampleCount);
    expect(replica.stats().minTimestampMs).toBe(store.stats().minTimestampMs);
    this.recover();
  }
}

function perform(scene: Scene, act: Step): void {
  switch (act.do) {
    case "append":
      return scene.append(act);
    case "open":
      return scene.open();
    case "close":
      return scene.close(act.which);
    case "cut":
      return scene.cut();
    case "flush":
      return scene.flush(false);
    case "rewrite":
      scene.rewrite();
      return scene.flush(true);
    case "recover":
      return scene.recover();
    case "follow":
      return scene.follow();
  }
}

test("judges, stores, shows and replays like the model", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 30, 3000, Infinity),
      fc.constantFrom<8 | 16>(8, 16),
      fc.array(step, { maxLength: 40, size: "max" }),
      (windowMs, stagingSamples, steps) => {
        const scene = new Scene(windowMs, stagingSamples);
        for (const act of steps) perform(scene, act);
        scene.end();
      },
    ),
    { numRuns: RUNS },
  );
});
