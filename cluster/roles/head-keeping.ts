/**
 * What a shard worker does for its heads besides taking samples: ends head generations when they are
 * due, tells its shards when memory is short, and has log segments dropped that nothing needs. Runs
 * on the worker's loop, some calls a second; the work itself is the keeper's.
 */
import { must } from "#base/assert.ts";
import type { HostedLog } from "./hosted-log.ts";
import { nextCut } from "./keeper/cut-policy.ts";
import type { TruncateOrder } from "./keeper/keeper-contract.ts";

/** Above this share of the head budget only batches of known series are taken. */
const REFUSE_SERIES_SHARE = 0.9;
/** Above this share bodies are refused: what is in flight still has room. */
const REFUSE_BODIES_SHARE = 0.95;

export interface HeadKeepingOptions {
  readonly logs: readonly HostedLog[];
  /** 0: blocks are never written. */
  readonly windowMs: number;
  readonly headBytesMax: number;
  /** Trusted. */
  readonly nowMs: () => number;
  /** Head memory in use on the whole node. */
  readonly usedBytes: () => number;
  /** Null on a node that writes no blocks. */
  readonly truncate: ((order: TruncateOrder) => void) | null;
}

export class HeadKeeping {
  readonly #options: HeadKeepingOptions;
  /** By log: segments below are dropped, or about to be. */
  readonly #dropped = new Map<number, number>();

  constructor(options: HeadKeepingOptions) {
    this.#options = options;
  }

  /** True while the heads of the whole node are near their budget: no body is taken in. */
  get isOverBudget(): boolean {
    return this.#usedShare > REFUSE_BODIES_SHARE;
  }

  tick(): void {
    const refusesNewSeries = this.#usedShare > REFUSE_SERIES_SHARE;
    for (const { driver } of this.#options.logs) driver.refusesNewSeries = refusesNewSeries;
    this.cutDue();
    for (const log of this.#options.logs) log.witness();
    this.#truncate();
  }

  /** Also called when a generation has left its head: then the next one has its turn. */
  cutDue(): void {
    const { logs, windowMs, nowMs, truncate } = this.#options;
    if (truncate === null) return;
    const now = nowMs();
    // Others cannot be cut, and must not keep these from it.
    const shards = logs
      .filter((log) => log.isWritable)
      .flatMap((log) => log.hosted.map((shard) => ({ log, shard })))
      .filter(({ shard }) => !shard.isFaulted);
    const closedCount = shards.reduce((sum, { shard }) => sum + shard.waitingCount(now), 0);
    const facts = shards.map(({ shard }) => shard.facts(shard.store.stats(), now));
    const clock = { nowMs: now, windowMs, usedShare: this.#usedShare, closedCount };
    const due = nextCut(facts, clock);
    if (due === null) return;
    const { log, shard } = must(
      shards.find((one) => one.shard.shard === due),
      "shard to cut",
    );
    log.cut(shard, now);
  }

  get #usedShare(): number {
    return this.#options.usedBytes() / this.#options.headBytesMax;
  }

  #truncate(): void {
    for (const log of this.#options.logs) {
      const beforeSegment = log.neededSegment();
      if (beforeSegment <= (this.#dropped.get(log.logId) ?? 0)) continue;
      this.#dropped.set(log.logId, beforeSegment);
      this.#options.truncate?.({ logId: log.logId, beforeSegment, shards: log.shards });
    }
  }
}
