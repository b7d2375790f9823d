/**
 * The shard store against a plain model that keeps an array per series: same verdicts, same refs,
 * every view shows what the model held when it was opened, and replaying the drafted records gives
 * the same store.
 * Covers: src/tsdb/head/, src/tsdb/shard-store/, src/kernels/head-kernel.ts
 */
import { labelsKey, labelsOf, type Labels } from "#model/labels.ts";
import { tenantId, type TenantId } from "#model/refs.ts";
import type { ReadView } from "#storage/read-view.ts";
import type { ShardStore } from "#storage/shard-store.ts";
import * as verdict from "#storage/verdict.ts";
import { buildBatch, type BatchRow } from "#test/support/batch-builder.ts";
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
] as const;

interface ModelSeries {
  readonly ref: number;
  readonly tenant: TenantId;
  readonly key: string;
  /** In order of arrival. */
  readonly samples: { readonly timestampMs: number; readonly bits: bigint }[];
}

class Model {
  readonly series: ModelSeries[] = [];
  readonly windowMs: number;

  constructor(windowMs: number) {
    this.windowMs = windowMs;
  }

  resolve(tenant: TenantId, labels: Labels): ModelSeries {
    const key = labelsKey(labels);
    const found = this.series.find((one) => one.tenant === tenant && one.key === key);
    if (found !== undefined) return found;
    const created = { ref: this.series.length, tenant, key, samples: [] };
    this.series.push(created);
    return created;
  }

  append(tenant: TenantId, row: BatchRow, isKnownValid: boolean): number {
    const series =
      typeof row.series === "number"
        ? this.series[isKnownValid ? row.series : -1]
        : this.resolve(tenant, row.series);
    if (series === undefined || series.tenant !== tenant) return verdict.VERDICT_REF_UNKNOWN;
    const { timestampMs, bits } = row;
    const inRange = timestampMs >= -(2 ** 52) && timestampMs < 2 ** 52;
    if (!inRange || !Number.isInteger(timestampMs)) return verdict.VERDICT_TIMESTAMP_RANGE;
    if (timestampMs > NOW + 600_000) return verdict.VERDICT_TOO_FAR_AHEAD;
    const stored = series.samples.find((sample) => sample.timestampMs === timestampMs);
    if (stored?.bits === bits) return verdict.VERDICT_REPEATED;
    const newest = Math.max(...series.samples.map((sample) => sample.timestampMs));
    if (newest - timestampMs > this.windowMs) return verdict.VERDICT_TOO_OLD;
    if (stored !== undefined) return verdict.VERDICT_CONFLICT;
    series.samples.push({ timestampMs: timestampMs + 0, bits });
    return verdict.VERDICT_WRITTEN;
  }

  /** What a view opened now must show, by key. */
  snapshot(tenant: TenantId, minMs: number, maxMs: number): StoredSeries[] {
    return this.series
      .filter((series) => series.tenant === tenant)
      .map(({ key, samples }) => ({
        key,
        samples: samples
          .filter(({ timestampMs }) => timestampMs >= minMs && timestampMs <= maxMs)
          .toSorted((a, b) => a.timestampMs - b.timestampMs)
          .map(({ timestampMs, bits }) => `${timestampMs}:${bits.toString(16)}`),
      }))
      .filter(({ samples }) => samples.length > 0)
      .toSorted(byKey);
  }
}

function byKey(a: StoredSeries, b: StoredSeries): number {
  return a.key < b.key ? -1 : 1;
}

interface OpenView {
  readonly view: ReadView;
  readonly want: readonly (readonly StoredSeries[])[];
}

type Step =
  | {
      readonly do: "append";
      readonly tenant: TenantId;
      readonly rows: readonly BatchRow[];
      readonly stale: boolean;
    }
  | { readonly do: "open" }
  | { readonly do: "close"; readonly which: number };

const timestamp = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: NOW - 60, max: NOW }) },
  { weight: 4, arbitrary: fc.integer({ min: NOW - 5000, max: NOW + 700_000 }) },
  fc.constantFrom(-0, 0, 0.5, NaN, -Infinity, -(2 ** 52), -(2 ** 52) - 1, 2 ** 52, 1e300),
);
const rowOf = (series: fc.Arbitrary<number | Labels>): fc.Arbitrary<BatchRow> =>
  fc.record({ series, timestampMs: timestamp, bits: fc.constantFrom(...BITS) });
const rows = fc
  .tuple(
    fc.array(rowOf(fc.nat(8)), { maxLength: 20, size: "max" }),
    fc.array(rowOf(fc.constantFrom(...SETS)), { maxLength: 20, size: "max" }),
  )
  .map(([known, labelled]) => [...known, ...labelled]);
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
  { weight: 2, arbitrary: fc.constant({ do: "open" as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("close" as const), which: fc.nat(5) }) },
);

const RANGES = [
  [-Infinity, Infinity],
  [NOW - 40, NOW - 10],
  [0, 0],
] as const;

function snapshots(model: Model): StoredSeries[][] {
  return TENANTS.flatMap((tenant) =>
    RANGES.map(([minMs, maxMs]) => model.snapshot(tenant, minMs, maxMs)),
  );
}

function readAll(view: ReadView): StoredSeries[][] {
  return TENANTS.flatMap((tenant) =>
    RANGES.map(([minMs, maxMs]) =>
      seriesOf(slicesOf(view, { ...selectAll(tenant), minMs, maxMs })).toSorted(byKey),
    ),
  );
}

function appendStep(
  store: ShardStore,
  model: Model,
  replica: ShardStore,
  seq: number,
  act: Step & { do: "append" },
): number {
  const generation = act.stale ? store.generation + 1 : store.generation;
  const batch = buildBatch(act.tenant, generation, act.rows);
  const labelled = act.rows.filter((row) => typeof row.series !== "number");
  const want = { refs: [] as number[], verdicts: [] as number[] };
  // Entries are resolved first, in order of their first row.
  for (const row of labelled) model.resolve(act.tenant, row.series as Labels);
  want.verdicts = act.rows.map((row) => model.append(act.tenant, row, !act.stale));
  const distinct = new Map(
    labelled.map((row) => [labelsKey(row.series as Labels), row.series as Labels]),
  );
  want.refs = [...distinct.values()].map((labels) => model.resolve(act.tenant, labels).ref);
  const outcome = store.append(batch, { trustedNowMs: NOW });
  const verdicts = outcome.verdicts ?? new Uint8Array(act.rows.length);
  expect([...verdicts]).toEqual(want.verdicts);
  expect([...outcome.refs]).toEqual(want.refs);
  expect(outcome.writtenCount).toBe(want.verdicts.filter((one) => one === 0).length);
  outcome.records.forEach((draft, i) => replica.apply(recordOf(draft, seq + 1 + i)));
  return outcome.records.length;
}

test("judges, stores, shows and replays like the model", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 30, 3000, Infinity),
      fc.array(step, { maxLength: 30, size: "max" }),
      (windowMs, steps) => {
        const store = openHeadStore({ outOfOrderWindowMs: windowMs });
        const replica = openHeadStore({ outOfOrderWindowMs: windowMs });
        const model = new Model(windowMs);
        const open: OpenView[] = [];
        let seq = 0;
        for (const act of steps) {
          if (act.do === "append") {
            seq += appendStep(store, model, replica, seq, act);
          } else if (act.do === "open") {
            const view = store.readView();
            expect(view.appliedSeq).toBe(seq);
            open.push({ view, want: snapshots(model) });
          } else {
            const [closed] = open.splice(act.which, 1);
            if (closed !== undefined) {
              expect(readAll(closed.view)).toEqual(closed.want);
              closed.view[Symbol.dispose]();
            }
          }
        }
        for (const { view, want } of open) expect(readAll(view)).toEqual(want);
        using last = replica.readView();
        expect(readAll(last)).toEqual(snapshots(model));
        expect(replica.stats()).toMatchObject({
          seriesCount: store.stats().seriesCount,
          sampleCount: store.stats().sampleCount,
          minTimestampMs: store.stats().minTimestampMs,
          maxTimestampMs: store.stats().maxTimestampMs,
        });
      },
    ),
    { numRuns: 150 },
  );
});
