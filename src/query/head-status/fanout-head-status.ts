/**
 * Puts the index statistics of all shards together. A value of a label may be in several shards, so
 * values are counted by their text; how many are told apart is bounded.
 */
import { compareUtf8 } from "#base/bytes/compare-utf8.ts";
import { METRIC_NAME } from "#model/labels.ts";
import type { TenantId } from "#model/refs.ts";
import type { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { LabelCountsSlice } from "#storage/label-counts.ts";
import type { HeadStatus, HeadStatusSource, NamedCount } from "./head-status.ts";
import type { HeadStatusContract, HeadTotals } from "./head-status-contract.ts";

/** Some hundred bytes each: what a query worker can hold beside its queries. */
const PAIRS_MAX = 1_000_000;

type Client = WorkerClient<HeadStatusContract>;

export class FanoutHeadStatus implements HeadStatusSource {
  readonly #clients: readonly Client[];
  readonly #pairsMax: number;
  #nextCursor = 1;

  constructor(clients: readonly Client[], pairsMax: number = PAIRS_MAX) {
    this.#clients = clients;
    this.#pairsMax = pairsMax;
  }

  async headStatus(tenant: TenantId, limit: number, signal: AbortSignal): Promise<HeadStatus> {
    const tally = new Tally(this.#pairsMax);
    const cursor = this.#nextCursor++;
    try {
      // One worker after the other: the statistics of all of them need not be in flight at once.
      for (const client of this.#clients) {
        tally.addTotals(await client.call("open", { cursor, tenant }));
        for (;;) {
          signal.throwIfAborted();
          const slice = await client.call("next", { cursor });
          if (slice === null) break;
          tally.addSlice(slice);
        }
      }
    } finally {
      for (const client of this.#clients) client.notify("close", { cursor });
    }
    return tally.status(limit);
  }
}

class Tally {
  readonly #pairsMax: number;
  readonly #labels = new Map<string, Map<string, number>>();
  #pairs = 0;
  #uncounted = 0;
  #totals: HeadTotals = {
    chunkCount: 0,
    minTimeMs: Number.POSITIVE_INFINITY,
    maxTimeMs: Number.NEGATIVE_INFINITY,
  };

  constructor(pairsMax: number) {
    this.#pairsMax = pairsMax;
  }

  addTotals({ chunkCount, minTimeMs, maxTimeMs }: HeadTotals): void {
    const before = this.#totals;
    this.#totals = {
      chunkCount: before.chunkCount + chunkCount,
      minTimeMs: Math.min(before.minTimeMs, minTimeMs),
      maxTimeMs: Math.max(before.maxTimeMs, maxTimeMs),
    };
  }

  addSlice({ name, values, seriesCounts }: LabelCountsSlice): void {
    const counts = this.#labels.get(name) ?? new Map<string, number>();
    this.#labels.set(name, counts);
    for (const [i, value] of values.entries()) {
      const known = counts.get(value);
      if (known === undefined && this.#pairs >= this.#pairsMax) {
        this.#uncounted++;
        continue;
      }
      if (known === undefined) this.#pairs++;
      counts.set(value, (known ?? 0) + seriesCounts[i]!);
    }
  }

  status(limit: number): HeadStatus {
    const { chunkCount, minTimeMs, maxTimeMs } = this.#totals;
    const labels = [...this.#labels];
    const pairs = new Largest(limit);
    for (const [name, counts] of labels) {
      for (const [value, count] of counts) pairs.offer(count, () => `${name}=${value}`);
    }
    const metricNames = this.#labels.get(METRIC_NAME) ?? new Map<string, number>();
    return {
      seriesCount: sum(metricNames.values()),
      labelPairCount: this.#pairs,
      minTimeMs: Number.isFinite(minTimeMs) ? minTimeMs : null,
      maxTimeMs: Number.isFinite(maxTimeMs) ? maxTimeMs : null,
      chunkCount,
      seriesByMetricName: largest(limit, metricNames),
      valuesByLabelName: largest(
        limit,
        labels.map(([name, counts]) => [name, counts.size]),
      ),
      bytesByLabelName: largest(
        limit,
        labels.map(([name, counts]) => [name, bytesOf(counts)]),
      ),
      seriesByLabelPair: pairs.list(),
      uncountedValues: this.#uncounted,
    };
  }
}

/** As Prometheus counts: the bytes of a value once for each series that has it. */
function bytesOf(counts: ReadonlyMap<string, number>): number {
  let bytes = 0;
  for (const [value, count] of counts) bytes += Buffer.byteLength(value) * count;
  return bytes;
}

function largest(limit: number, counts: Iterable<readonly [string, number]>): NamedCount[] {
  const kept = new Largest(limit);
  for (const [name, count] of counts) kept.offer(count, () => name);
  return kept.list();
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}

/** Keeps the largest counts, sorting only when twice as many as wanted have gathered. */
class Largest {
  readonly #limit: number;
  #kept: NamedCount[] = [];
  #least = Number.NEGATIVE_INFINITY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The name is made only for counts that may stay. */
  offer(count: number, name: () => string): void {
    if (count < this.#least) return;
    this.#kept.push({ name: name(), count });
    if (this.#kept.length < 2 * this.#limit + 1) return;
    this.#kept = this.list();
    this.#least = this.#kept.at(-1)?.count ?? this.#least;
  }

  list(): NamedCount[] {
    const order = (a: NamedCount, b: NamedCount): number =>
      b.count - a.count || compareUtf8(a.name, b.name);
    return this.#kept.toSorted(order).slice(0, this.#limit);
  }
}
