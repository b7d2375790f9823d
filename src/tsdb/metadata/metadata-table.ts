/**
 * What is known about the metrics of one shard. Senders of different versions describe one metric in
 * different ways, and each says so again and again: so every way is kept once, up to a number.
 * Replaying what was added gives the same table; adding what is there changes nothing.
 */
import { must } from "#base/assert.ts";
import type { TenantId } from "#model/refs.ts";
import type { MetadataSelect } from "#storage/metric-metadata.ts";
import type { MetadataItem } from "#storage/metadata-item.ts";
import { largestShare } from "../largest-share.ts";

/**
 * Half a million in the usual 64 shards. Beyond it a tenant gets room from the one that has the most,
 * and that one's new metrics stay without metadata.
 */
export const METADATA_METRICS_MAX = 8192;
/** Ways to describe one metric; then the oldest goes. */
export const METADATA_VARIANTS_MAX = 8;

interface Variant {
  readonly item: MetadataItem;
  /** Of the head, when it came. */
  readonly generation: number;
}

interface Metric {
  readonly tenant: TenantId;
  readonly variants: Variant[];
}

export class MetadataTable {
  readonly #metrics = new Map<string, Metric>();
  /** Keys of their metrics, in the order in which these came. */
  readonly #tenants = new Map<TenantId, Set<string>>();

  get size(): number {
    return this.#metrics.size;
  }

  /** True when it is news, and there is room; only then may it be added. */
  wants(tenant: TenantId, item: MetadataItem): boolean {
    const metric = this.#metrics.get(keyOf(tenant, item.metric));
    if (metric === undefined) return !this.#isFull || this.#isOwed(tenant);
    return !metric.variants.some((variant) => isSame(variant.item, item));
  }

  /** Keeps a copy. */
  add(tenant: TenantId, item: MetadataItem, generation: number): void {
    const key = keyOf(tenant, item.metric);
    const metric = this.#metrics.get(key) ?? this.#addMetric(tenant, key);
    if (metric.variants.some((variant) => isSame(variant.item, item))) return;
    metric.variants.push({ item: item.owned(), generation });
    if (metric.variants.length > METADATA_VARIANTS_MAX) metric.variants.shift();
  }

  /** Views. */
  select({ tenant, metric }: MetadataSelect): Uint8Array[] {
    if (metric === null) {
      const all = [...this.#metrics.values()].filter((one) => one.tenant === tenant);
      return all.flatMap(({ variants }) => variants.map(({ item }) => item.bytes));
    }
    const found = this.#metrics.get(keyOf(tenant, metric));
    return found?.variants.map(({ item }) => item.bytes) ?? [];
  }

  /** What came in head generations `first` to `last`, by tenant. */
  since(first: number, last: number): ReadonlyMap<TenantId, readonly Uint8Array[]> {
    const items = new Map<TenantId, Uint8Array[]>();
    for (const { tenant, variants } of this.#metrics.values()) {
      for (const { item, generation } of variants) {
        if (generation < first || generation > last) continue;
        const list = items.get(tenant);
        if (list === undefined) items.set(tenant, [item.bytes]);
        else list.push(item.bytes);
      }
    }
    return items;
  }

  get #isFull(): boolean {
    return this.#metrics.size >= METADATA_METRICS_MAX;
  }

  /** Whether another tenant has so much that it has to make room. */
  #isOwed(tenant: TenantId): boolean {
    const most = this.#tenants.get(this.#largest)?.size ?? 0;
    return most > (this.#tenants.get(tenant)?.size ?? 0) + 1;
  }

  get #largest(): TenantId {
    return must(largestShare(this.#tenants), "metadata: a tenant");
  }

  #addMetric(tenant: TenantId, key: string): Metric {
    if (this.#isFull) this.#dropOldest(this.#largest);
    const metric: Metric = { tenant, variants: [] };
    this.#metrics.set(key, metric);
    const own = this.#tenants.get(tenant);
    if (own === undefined) this.#tenants.set(tenant, new Set([key]));
    else own.add(key);
    return metric;
  }

  #dropOldest(tenant: TenantId): void {
    const own = must(this.#tenants.get(tenant), "metadata: share of a tenant");
    const oldest = must(own.values().next().value, "metadata: a metric");
    own.delete(oldest);
    if (own.size === 0) this.#tenants.delete(tenant);
    this.#metrics.delete(oldest);
  }
}

function keyOf(tenant: TenantId, metric: string): string {
  return `${tenant}/${metric}`;
}

function isSame(a: MetadataItem, b: MetadataItem): boolean {
  return Buffer.compare(a.bytes, b.bytes) === 0;
}
