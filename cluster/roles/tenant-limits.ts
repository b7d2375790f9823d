/**
 * What tenants may use of the node, counted in memory that all shard workers share: series in memory
 * and samples per second. A tenant without a limit costs a look into a map.
 *
 * Samples are metered by the time at which a steady sender would be done with what it has sent: as
 * long as that lies less than a burst ahead, more is taken. So a request larger than a second's
 * share passes, and the next ones wait for it.
 */
import { EngineError } from "#base/engine-error.ts";
import type { TenantId } from "#model/refs.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import type { SeriesQuota } from "#storage/series-quota.ts";
import { TENANT_LIMIT } from "#storage/storage-errors.ts";

export interface TenantLimit {
  /** Infinity: none. */
  readonly seriesMax: number;
  readonly samplesPerSecondMax: number;
}

export interface TenantLimitsOptions {
  readonly fallback: TenantLimit;
  readonly tenants: ReadonlyMap<number, TenantLimit>;
  readonly memory: SharedArrayBuffer;
  readonly clock: Clock;
}

/** Tenants with limits that are told apart; those beyond are not limited. */
const SLOTS = 8192;
/** i32 tenant (its number and 1), i32 series, i64 time in microseconds. */
const SLOT_BYTES = 16;
/** Senders gather samples for some seconds; a scrape interval's worth may come at once. */
const BURST_MS = 15_000;

/** To be shared by all workers. */
export function allocateTenantLimits(): SharedArrayBuffer {
  return new SharedArrayBuffer(SLOTS * SLOT_BYTES);
}

export class TenantLimits implements SeriesQuota {
  readonly #options: TenantLimitsOptions;
  readonly #words: Int32Array;
  readonly #times: BigInt64Array;
  /** Of this worker. */
  seriesRefused = 0;
  samplesRefused = 0;

  constructor(options: TenantLimitsOptions) {
    this.#options = options;
    this.#words = new Int32Array(options.memory);
    this.#times = new BigInt64Array(options.memory);
  }

  /** False: no tenant has a limit of series. */
  get limitsSeries(): boolean {
    const { fallback, tenants } = this.#options;
    return [fallback, ...tenants.values()].some(({ seriesMax }) => seriesMax !== Infinity);
  }

  limitOf(tenant: TenantId): number {
    return this.#limit(tenant).seriesMax;
  }

  take(tenant: TenantId, count: number): number {
    const limit = this.limitOf(tenant);
    const slot = limit === Infinity ? -1 : this.#slotOf(tenant);
    if (slot < 0) return count;
    for (;;) {
      const used = Atomics.load(this.#words, 4 * slot + 1);
      const taken = Math.max(0, Math.min(count, limit - used));
      const found = Atomics.compareExchange(this.#words, 4 * slot + 1, used, used + taken);
      if (found !== used) continue;
      this.seriesRefused += count - taken;
      return taken;
    }
  }

  note(tenant: TenantId, count: number): void {
    const slot = count === 0 || this.limitOf(tenant) === Infinity ? -1 : this.#slotOf(tenant);
    if (slot >= 0) Atomics.add(this.#words, 4 * slot + 1, count);
  }

  /** Throws `storage.tenant-limit` when the tenant has to wait. */
  chargeSamples(tenant: TenantId, count: number): void {
    const { samplesPerSecondMax } = this.#limit(tenant);
    const slot = samplesPerSecondMax === Infinity ? -1 : this.#slotOf(tenant);
    if (slot < 0) return;
    const at = 2 * slot + 1;
    const nowMs = this.#options.clock.monoMs();
    for (;;) {
      const before = Atomics.load(this.#times, at);
      const doneMs = Math.max(Number(before) / 1000, nowMs);
      if (doneMs - nowMs > BURST_MS) {
        this.samplesRefused += count;
        throw new EngineError(
          TENANT_LIMIT,
          `cannot take ${count} samples of tenant ${tenant}: its limit is ` +
            `${samplesPerSecondMax} samples per second (limits.samplesPerSecondMax)`,
          { data: { tenant, limit: samplesPerSecondMax } },
        );
      }
      const after = BigInt(Math.round(doneMs * 1000 + (1e6 * count) / samplesPerSecondMax));
      if (Atomics.compareExchange(this.#times, at, before, after) === before) return;
    }
  }

  #limit(tenant: TenantId): TenantLimit {
    const { tenants, fallback } = this.#options;
    return tenants.size === 0 ? fallback : (tenants.get(tenant) ?? fallback);
  }

  /** -1 when all slots belong to others. */
  #slotOf(tenant: TenantId): number {
    const key = (tenant + 1) | 0;
    for (let i = 0; i < SLOTS; i++) {
      const slot = (Math.imul(tenant, 0x9e37_79b1) + i) & (SLOTS - 1);
      const found = Atomics.compareExchange(this.#words, 4 * slot, 0, key);
      if (found === 0 || found === key) return slot;
    }
    return -1;
  }
}
