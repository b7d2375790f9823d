import fc from "fast-check";
import { expect, test } from "vitest";
import { labelsOf, type Labels } from "#model/labels.ts";
import { NO_SERIES_REF, tenantId, type TenantId } from "#model/refs.ts";
import type { LogRecord, LogRecordDraft } from "#storage/log-record.ts";
import type { SeriesQuota } from "#storage/series-quota.ts";
import * as verdict from "#storage/verdict.ts";
import { bitsOf, buildBatch, type BatchRow } from "#test/support/batch-builder.ts";
import {
  openHeadStore,
  recordOf,
  selectAll,
  seriesOf,
  slicesOf,
} from "#test/support/head-stores.ts";

const T = tenantId(7);
const NOW = { trustedNowMs: 1e12 };
const named = (n: number): Labels => labelsOf([["__name__", `series_${n}`]]);
const row = (series: number | Labels, timestampMs: number, value = 1): BatchRow => ({
  series,
  timestampMs,
  bits: bitsOf(value),
});

class PlainQuota implements SeriesQuota {
  used = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  limitOf(tenant: TenantId): number {
    return tenant === T ? this.#limit : Infinity;
  }

  take(_tenant: TenantId, count: number): number {
    const taken = Math.max(0, Math.min(count, this.#limit - this.used));
    this.used += taken;
    return taken;
  }

  note(tenant: TenantId, count: number): void {
    if (tenant === T) this.used += count;
  }
}

test("what goes beyond the limit is refused series by series, the rest is stored", () => {
  const quota = new PlainQuota(2);
  const store = openHeadStore({ seriesQuota: quota });
  store.append(buildBatch(T, 1, [row(named(0), 1, -0)]), NOW);
  const rows = [
    row(0, 2),
    row(named(1), 2, 5),
    row(named(2), 2),
    row(named(0), 3),
    row(named(2), 3),
  ];
  const outcome = store.append(buildBatch(T, 1, rows), NOW);
  const limit = verdict.VERDICT_SERIES_LIMIT;
  const written = verdict.VERDICT_WRITTEN;
  expect([...outcome.verdicts!]).toEqual([written, written, limit, written, limit]);
  expect([...outcome.refs]).toEqual([1, NO_SERIES_REF, 0]);
  expect([outcome.writtenCount, outcome.seriesLimit, quota.used]).toEqual([3, 2, 2]);
  using view = store.readView();
  const stored = seriesOf(slicesOf(view, selectAll(T))).map(({ samples }) => samples.join());
  expect(new Set(stored)).toEqual(
    new Set(["1:8000000000000000,2:3ff0000000000000,3:3ff0000000000000", "2:4014000000000000"]),
  );
});

test("known series and other tenants go on; nothing at all is a batch too", () => {
  const store = openHeadStore({ seriesQuota: new PlainQuota(1) });
  store.append(buildBatch(T, 1, [row(named(0), 1)]), NOW);
  expect(store.append(buildBatch(T, 1, [row(named(0), 2), row(0, 3)]), NOW).verdicts).toBeNull();
  expect(store.append(buildBatch(tenantId(8), 1, [row(named(9), 2)]), NOW).verdicts).toBeNull();
  const refused = store.append(buildBatch(T, 1, [row(named(1), 1)]), NOW);
  expect([...refused.verdicts!]).toEqual([verdict.VERDICT_SERIES_LIMIT]);
  expect(refused.records).toEqual([]);
});

test("a series named twice takes one place; a batch refused whole gives its places back", () => {
  const quota = new PlainQuota(5);
  const store = openHeadStore({ seriesQuota: quota });
  const twice = buildBatch(T, 1, [row(named(1), 1), row(named(2), 1)]);
  const same = {
    ...twice,
    labelStart: Uint32Array.of(0, twice.labelStart[1]!, 2 * twice.labelStart[1]!),
    labelBytes: new Uint8Array([
      ...twice.labelBytes.subarray(0, twice.labelStart[1]),
      ...twice.labelBytes.subarray(0, twice.labelStart[1]),
    ]),
    fingerprints: Uint32Array.of(...[0, 1, 0, 1].map((i) => twice.fingerprints[i]!)),
  };
  store.append(same, NOW);
  expect(quota.used).toBe(1);
  const refusing = { ...NOW, refusesNewSeries: true };
  expect(() => store.append(buildBatch(T, 1, [row(named(3), 1)]), refusing)).toThrow("nearly full");
  expect(quota.used).toBe(1);
});

test("places used are the series there are: through cuts, releases, replay and restore", () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.array(fc.nat(30), { minLength: 1, maxLength: 12 }) },
    { weight: 2, arbitrary: fc.constant("cut" as const) },
    { weight: 2, arbitrary: fc.constant("release" as const) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const quota = new PlainQuota(12);
      const store = openHeadStore({ seriesQuota: quota });
      const records: LogRecord[] = [];
      const keep = (drafts: readonly LogRecordDraft[]): void => {
        for (const draft of drafts) records.push(recordOf(draft, records.length + 1));
      };
      for (const [time, one] of steps.entries()) {
        if (one === "cut") {
          if (store.closedGenerations().length < 2) keep([store.cut()]);
        } else if (one === "release") {
          const [oldest] = store.closedGenerations();
          if (oldest !== undefined) store.releaseGeneration(oldest.number);
        } else {
          const rows = one.map((n) => row(named(n), time));
          keep(store.append(buildBatch(T, 1, rows), NOW).records);
        }
        expect(quota.used).toBe(store.stats().seriesCount);
        expect(quota.used).toBeLessThanOrEqual(12);
      }
      const replayed = new PlainQuota(0);
      const replica = openHeadStore({ seriesQuota: replayed });
      for (const record of records) replica.apply(record);
      expect(replayed.used).toBe(replica.stats().seriesCount);
    }),
    { numRuns: 60 },
  );
});
