/**
 * The newest exemplars of one shard, by series and time. When it is full, the one goes that came
 * first of the tenant that has the most: a loud tenant takes from itself only. Its rules are those
 * of Prometheus, so the same senders get the same answers. Replaying what was added gives the same
 * ring, whatever the order of tenants; adding what is there changes nothing.
 */
import { assert, must } from "#base/assert.ts";
import { LabelsDecoder } from "#model/canonical-labels.ts";
import { compileMatchers } from "#model/matches-labels.ts";
import type { TenantId } from "#model/refs.ts";
import type { ExemplarSelect } from "#storage/exemplar.ts";
import {
  VERDICT_EXEMPLAR_ORDER,
  VERDICT_REPEATED,
  VERDICT_WRITTEN,
  type Verdict,
} from "#storage/verdict.ts";
import type { ExemplarItem } from "#storage/exemplar-item.ts";
import { largestShare } from "../largest-share.ts";

interface RingSeries {
  readonly key: string;
  readonly tenant: TenantId;
  /** In time order, at least one. */
  readonly entries: RingEntry[];
}

interface RingEntry {
  readonly item: ExemplarItem;
  readonly series: RingSeries;
  /** Of the head, when it came. */
  readonly generation: number;
}

export class ExemplarRing {
  readonly #capacity: number;
  /** In the order in which they came. */
  readonly #tenants = new Map<TenantId, Set<RingEntry>>();
  #size = 0;
  readonly #series = new Map<string, RingSeries>();

  constructor(capacity: number) {
    assert(capacity >= 0, () => `exemplar ring: got capacity ${capacity}`);
    this.#capacity = capacity;
  }

  /** Nothing is kept. */
  get isOff(): boolean {
    return this.#capacity === 0;
  }

  get size(): number {
    return this.#size;
  }

  /** What is to become of an exemplar; only one that is to be written may be added. */
  judge(tenant: TenantId, item: ExemplarItem, outOfOrderWindowMs: number): Verdict {
    const entries = this.#series.get(seriesKey(tenant, item))?.entries;
    if (entries === undefined) return VERDICT_WRITTEN;
    const newest = entries.at(-1)!.item;
    const order = compareItems(item, newest);
    if (order === 0) return VERDICT_REPEATED;
    const { timestampMs } = item;
    const isLate = timestampMs < newest.timestampMs;
    if (isLate && timestampMs <= newest.timestampMs - outOfOrderWindowMs) {
      return VERDICT_EXEMPLAR_ORDER;
    }
    // Equal times go by value and labels, so that a repeated list is noticed without a search.
    if (!isLate) return order < 0 ? VERDICT_EXEMPLAR_ORDER : VERDICT_WRITTEN;
    // Between others an equal time is taken for the same exemplar: senders repeat whole lists.
    const before = entries[placeOf(entries, timestampMs) - 1];
    return before?.item.timestampMs === timestampMs ? VERDICT_REPEATED : VERDICT_WRITTEN;
  }

  /** Keeps a copy. */
  add(tenant: TenantId, item: ExemplarItem, generation: number): void {
    if (this.isOff) return;
    const key = seriesKey(tenant, item);
    const series = this.#series.get(key) ?? { key, tenant, entries: [] };
    if (isThere(series.entries, item)) return;
    if (this.#size === this.#capacity) this.#evictFor(tenant);
    const entry = { item: item.owned(), series, generation };
    series.entries.splice(placeOf(series.entries, item.timestampMs), 0, entry);
    this.#series.set(key, series);
    const own = this.#tenants.get(tenant);
    if (own === undefined) this.#tenants.set(tenant, new Set([entry]));
    else own.add(entry);
    this.#size++;
  }

  /** Series by series, each in time order; views. */
  select({ tenant, selectors, minMs, maxMs }: ExemplarSelect): Uint8Array[] {
    const tests = selectors.map(compileMatchers);
    const decoder = new LabelsDecoder();
    const found: Uint8Array[] = [];
    for (const series of this.#series.values()) {
      if (series.tenant !== tenant) continue;
      const entries = series.entries.filter(
        ({ item }) => item.timestampMs >= minMs && item.timestampMs <= maxMs,
      );
      if (entries.length === 0) continue;
      const canonical = entries[0]!.item.series;
      const labels = decoder.decode(canonical, 0, canonical.length);
      if (!tests.some((test) => test(labels))) continue;
      for (const { item } of entries) found.push(item.bytes);
    }
    return found;
  }

  /** What came in head generations `first` to `last`, by tenant, in the order in which it came. */
  since(first: number, last: number): ReadonlyMap<TenantId, readonly Uint8Array[]> {
    const items = new Map<TenantId, Uint8Array[]>();
    for (const [tenant, entries] of this.#tenants) {
      const own = [...entries].filter(
        ({ generation }) => generation >= first && generation <= last,
      );
      if (own.length > 0) {
        items.set(
          tenant,
          own.map(({ item }) => item.bytes),
        );
      }
    }
    return items;
  }

  /** Makes room: at the expense of `tenant` itself, unless another one has more. */
  #evictFor(tenant: TenantId): void {
    const largest = must(largestShare(this.#tenants), "exemplar ring: a tenant");
    const sizeOf = (one: TenantId): number => this.#tenants.get(one)?.size ?? 0;
    this.#evict(sizeOf(largest) > sizeOf(tenant) ? largest : tenant);
  }

  #evict(tenant: TenantId): void {
    const own = must(this.#tenants.get(tenant), "exemplar ring: share of a tenant");
    const entry = must(own.values().next().value, "exemplar ring: an exemplar");
    const { series } = entry;
    own.delete(entry);
    if (own.size === 0) this.#tenants.delete(tenant);
    series.entries.splice(series.entries.indexOf(entry), 1);
    if (series.entries.length === 0) this.#series.delete(series.key);
    this.#size--;
  }
}

function isThere(entries: readonly RingEntry[], item: ExemplarItem): boolean {
  for (let i = placeOf(entries, item.timestampMs) - 1; i >= 0; i--) {
    const other = entries[i]!.item;
    if (other.timestampMs !== item.timestampMs) return false;
    if (compareItems(other, item) === 0) return true;
  }
  return false;
}

/** Where an exemplar of this time goes: behind all that are not newer. */
function placeOf(entries: readonly RingEntry[], timestampMs: number): number {
  let place = entries.length;
  while (place > 0 && entries[place - 1]!.item.timestampMs > timestampMs) place--;
  return place;
}

/** By time, then value, then bytes of the labels; a NaN equals any NaN and is the largest. */
function compareItems(a: ExemplarItem, b: ExemplarItem): number {
  if (a.timestampMs !== b.timestampMs) return a.timestampMs - b.timestampMs;
  if (a.value !== b.value) {
    const order = Number(Number.isNaN(a.value)) - Number(Number.isNaN(b.value));
    if (order !== 0) return order;
    if (!Number.isNaN(a.value)) return a.value < b.value ? -1 : 1;
  }
  return Buffer.compare(a.labels, b.labels);
}

/** A character for each byte: shorter than hex, and as exact. */
function seriesKey(tenant: TenantId, { series }: ExemplarItem): string {
  const { buffer, byteOffset, length } = series;
  return `${tenant}/${Buffer.from(buffer, byteOffset, length).toString("latin1")}`;
}
