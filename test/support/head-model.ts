/**
 * A shard store's head as plain arrays, one object per sample: what the clever one must agree with,
 * verdict by verdict and view by view, across cuts and releases.
 */
import { labelsKey, type Labels } from "#model/labels.ts";
import type { TenantId } from "#model/refs.ts";
import * as verdict from "#storage/verdict.ts";
import type { BatchRow } from "./batch-builder.ts";
import type { StoredSeries } from "./head-stores.ts";

interface ModelSample {
  readonly timestampMs: number;
  readonly bits: bigint;
  /** Of a histogram, in hexadecimal behind a colon; else empty. */
  readonly item: string;
  readonly generation: number;
}

interface ModelSeries {
  readonly ref: number;
  readonly tenant: TenantId;
  readonly key: string;
  readonly labels: Labels;
  /** In order of arrival. */
  readonly samples: ModelSample[];
  newestMs: number;
  newestBits: bigint;
  /** Of its newest arrival. */
  generation: number;
  isDropped: boolean;
}

export const MODEL_FUTURE_MS = 600_000;

export class HeadModel {
  readonly series: ModelSeries[] = [];
  readonly windowMs: number;
  readonly nowMs: number;
  current = 1;
  released = 0;

  constructor(windowMs: number, nowMs: number) {
    this.windowMs = windowMs;
    this.nowMs = nowMs;
  }

  resolve(tenant: TenantId, labels: Labels): ModelSeries {
    const key = labelsKey(labels);
    const found = this.series.find(
      (one) => one.tenant === tenant && one.key === key && !one.isDropped,
    );
    if (found !== undefined) return found;
    const created: ModelSeries = {
      ref: this.series.length,
      tenant,
      key,
      labels,
      samples: [],
      newestMs: -Infinity,
      newestBits: 0n,
      generation: this.current,
      isDropped: false,
    };
    this.series.push(created);
    return created;
  }

  append(tenant: TenantId, row: BatchRow, isKnownValid: boolean): number {
    const series =
      typeof row.series === "number"
        ? this.series[isKnownValid ? row.series : -1]
        : this.resolve(tenant, row.series);
    if (series === undefined || series.tenant !== tenant || series.isDropped) {
      return verdict.VERDICT_REF_UNKNOWN;
    }
    const judged = this.#judge(series, row.timestampMs, row.bits);
    if (judged === verdict.VERDICT_WRITTEN) this.#store(series, row);
    return judged;
  }

  #judge(series: ModelSeries, timestampMs: number, bits: bigint): number {
    const inRange = timestampMs >= -(2 ** 52) && timestampMs < 2 ** 52;
    if (!inRange || !Number.isInteger(timestampMs)) return verdict.VERDICT_TIMESTAMP_RANGE;
    if (timestampMs > this.nowMs + MODEL_FUTURE_MS) return verdict.VERDICT_TOO_FAR_AHEAD;
    const { newestMs, newestBits } = series;
    if (timestampMs === newestMs) {
      return bits === newestBits ? verdict.VERDICT_REPEATED : verdict.VERDICT_CONFLICT;
    }
    const stored = series.samples.find(
      (sample) => sample.timestampMs === timestampMs && sample.generation > this.released,
    );
    if (stored?.bits === bits) return verdict.VERDICT_REPEATED;
    if (newestMs - timestampMs > this.windowMs) return verdict.VERDICT_TOO_OLD;
    return stored === undefined ? verdict.VERDICT_WRITTEN : verdict.VERDICT_CONFLICT;
  }

  #store(series: ModelSeries, { timestampMs: givenMs, bits, item }: BatchRow): void {
    const timestampMs = givenMs + 0;
    const text = item === undefined ? "" : `:${item.toHex()}`;
    series.samples.push({ timestampMs, bits, item: text, generation: this.current });
    series.generation = this.current;
    if (timestampMs > series.newestMs) {
      series.newestMs = timestampMs;
      series.newestBits = bits;
    }
  }

  /** `freed`: generations up to here are released and seen by no open view. */
  cut(freed: number): void {
    for (const series of this.series) {
      if (series.generation <= Math.min(this.current - 2, freed)) series.isDropped = true;
    }
    this.current++;
  }

  /** What a view that leaves out generations up to `released` shows now. */
  snapshot(
    tenant: TenantId,
    minMs: number,
    maxMs: number,
    released: number = this.released,
  ): StoredSeries[] {
    return this.#gather(
      tenant,
      ({ timestampMs, generation }) =>
        timestampMs >= minMs && timestampMs <= maxMs && generation > released,
    );
  }

  ofGeneration(tenant: TenantId, number: number): StoredSeries[] {
    return this.#gather(tenant, ({ generation }) => generation === number);
  }

  #gather(tenant: TenantId, test: (sample: ModelSample) => boolean): StoredSeries[] {
    const samplesOf = new Map<string, ModelSample[]>();
    for (const { tenant: owner, key, samples } of this.series) {
      const seen = samples.filter(test);
      if (owner !== tenant || seen.length === 0) continue;
      samplesOf.set(key, [...(samplesOf.get(key) ?? []), ...seen]);
    }
    return [...samplesOf]
      .map(([key, samples]) => ({ key, samples: textsOf(samples) }))
      .toSorted(byKey);
  }
}

/** Ascending, the first of equal times wins. */
function textsOf(samples: readonly ModelSample[]): string[] {
  const sorted = samples.toSorted((a, b) => a.timestampMs - b.timestampMs);
  return sorted
    .filter(({ timestampMs }, i) => i === 0 || sorted[i - 1]!.timestampMs !== timestampMs)
    .map(({ timestampMs, bits, item }) => `${timestampMs}:${bits.toString(16)}${item}`);
}

export function byKey(a: StoredSeries, b: StoredSeries): number {
  return a.key < b.key ? -1 : 1;
}
