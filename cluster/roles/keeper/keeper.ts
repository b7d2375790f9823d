/**
 * The keeper of one shard worker: it turns closed head generations into blocks, keeps the blocks of
 * all its shards in good order, and drops log segments that nothing needs any more. Flushes come
 * first; everything else waits while there is one. What fails is logged once, counted and tried
 * again later; ingest and reads go on meanwhile.
 */
import { must } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { epoch, type ShardId } from "#model/refs.ts";
import type { Clock, TimerHandle, Timers } from "#runtime/ports/clock.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import type { SelectRequest } from "#storage/queryable.ts";
import type { Logger } from "#runtime/ports/logger.ts";
import type { WorkerClient } from "#runtime/worker/worker-client.ts";
import { BlockReaders } from "#tsdb/block/block-readers.ts";
import type { PageTools } from "#tsdb/block/page-tools.ts";
import type { BlockEntry, BlockKey } from "#tsdb/manifest/block-entry.ts";
import type { ManifestState } from "#tsdb/manifest/manifest-state.ts";
import type { Tombstone } from "#tsdb/tombstone/tombstone.ts";
import { planSize } from "#tsdb/retention/size-plan.ts";
import { dropSegmentsBefore } from "#tsdb/wal/drop-segments-before.ts";
import { logFolder } from "#tsdb/wal/segment-format.ts";
import type { FeedContract } from "./feed-contract.ts";
import { FlushQueue } from "./flush-queue.ts";
import { generationFeed } from "./generation-feed.ts";
import type { FlushOrder, TruncateOrder } from "./keeper-contract.ts";
import type { KeeperCounters } from "./keeper-counters.ts";
import { newestSampleMs, nextUpkeep, type UpkeepOptions } from "./next-upkeep.ts";
import { PatientDisk } from "./patient-disk.ts";
import { ShardKeeper } from "./shard-keeper.ts";

/** All shards are looked at this often, for what becomes due by time alone. */
const UPKEEP_MS = 120_000;
/** Files whose last reader has left meanwhile. */
const SWEEP_MS = 5000;
/** After a failure: soon for what a moment's shortage caused, and at most this often for the rest. */
const RETRY_MS_MIN = 1000;
const RETRY_MS_MAX = 60_000;
/** Upkeep of a shard that failed can wait longer: nobody's memory depends on it. */
const UPKEEP_RETRY_MS = 600_000;
/** Merging reads a handful of blocks at a time. */
const OPEN_BLOCKS_MAX = 64;

export interface KeeperOptions {
  readonly clusterUuid: Uint8Array;
  readonly epoch: number;
  readonly disk: Disk;
  readonly tools: PageTools;
  readonly upkeep: UpkeepOptions;
  /** Shards whose manifest may have lost something. */
  readonly acceptLoss?: readonly number[];
  /** Per shard of the node, written by its shard worker. */
  readonly oldestInUse: Float64Array;
  readonly counters: KeeperCounters;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Resolves after pending events of the loop were served. */
  readonly nextTurn: () => Promise<void>;
  readonly feed: WorkerClient<FeedContract>;
  /** A failure that the keeper cannot go on from. */
  readonly fatal: (error: unknown) => void;
}

export class Keeper {
  readonly #options: KeeperOptions;
  readonly #shards = new Map<ShardId, ShardKeeper>();
  readonly #queue: FlushQueue;
  readonly #patientDisk: PatientDisk;
  readonly #readers: BlockReaders;
  /** Shards that may have something to do, in the order in which they came. */
  readonly #untidy = new Set<ShardId>();
  readonly #truncates: TruncateOrder[] = [];
  /** Until the flushes that are due are done. */
  #flushing: Promise<void> | null = null;
  #retry: TimerHandle | null = null;
  /** By `monoMs`, for shards whose upkeep failed. */
  readonly #restsUntilMs = new Map<ShardId, number>();
  /** Deletions and snapshots that wait for a flush; requests, so there are few. */
  readonly #flushWaiters: PromiseWithResolvers<void>[] = [];
  #isTidying = false;
  #isSweeping = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    const { clock, disk, clusterUuid, tools, nextTurn } = options;
    this.#queue = new FlushQueue({ retryMsMin: RETRY_MS_MIN, retryMsMax: RETRY_MS_MAX });
    this.#patientDisk = new PatientDisk(disk, {
      clock,
      nextTurn,
      whenCalm: () => this.#flushing,
    });
    this.#readers = new BlockReaders({
      disk: this.#patientDisk,
      clusterUuid,
      tools,
      openBlocksMax: OPEN_BLOCKS_MAX,
    });
    this.#every(SWEEP_MS, () => this.#sweep());
    this.#every(UPKEEP_MS, async () => {
      for (const shard of this.#shards.keys()) this.#untidy.add(shard);
      await this.#tidy();
    });
  }

  /** Errors: `storage.corruption` when versions of its manifest are lost. */
  async open(shard: ShardId): Promise<ManifestState> {
    const { clusterUuid, disk, tools, logger, oldestInUse, counters, feed } = this.#options;
    const keeper = await ShardKeeper.open({
      owner: { clusterUuid, shard },
      epoch: epoch(this.#options.epoch),
      disk,
      patientDisk: this.#patientDisk,
      readers: this.#readers,
      tools,
      logger,
      oldestPinnedElsewhere: () => oldestInUse[shard]!,
      install: async (state, releases) => {
        await feed.call("install", { shard, state, releases });
        counters.countBlocks(shard, state);
      },
      onQuarantine: () => counters.add("quarantined", 1),
      acceptLoss: this.#options.acceptLoss?.includes(shard) ?? false,
    });
    this.#shards.set(shard, keeper);
    counters.countBlocks(shard, keeper.state);
    this.#untidy.add(shard);
    return keeper.state;
  }

  flush(order: FlushOrder): void {
    this.#queue.add(order);
    this.#work();
  }

  truncate(order: TruncateOrder): void {
    this.#truncates.push(order);
    this.#work();
  }

  /** Left by crashes: blocks whose commit never came, or that had left already. */
  discardUnlisted(shard: ShardId): void {
    const run = (): Promise<void> => this.#keeperOf(shard).discardUnlisted();
    this.#guard(this.#attempt(shard, "cannot remove files of blocks that nobody lists", run));
  }

  /** Whatever is wrong with the shard, what is there stays as it is. */
  leave(shard: ShardId): void {
    this.#shards.delete(shard);
    this.#untidy.delete(shard);
  }

  /** Somebody met damage in this block. */
  damaged(shard: ShardId, block: BlockKey, cause: string): void {
    const run = (): Promise<void> => this.#keeperOf(shard).quarantine(block, cause);
    this.#guard(this.#attempt(shard, "cannot move a damaged block aside", run));
  }

  async holds(shard: ShardId, request: SelectRequest): Promise<boolean> {
    const keeper = this.#keeperOf(shard);
    for (;;) {
      try {
        return await keeper.holds(request);
      } catch (error) {
        const block = keeper.damagedBlock(error);
        if (block === null) throw error;
        await keeper.quarantine(block, error);
      }
    }
  }

  /** Errors: those of the flush that it waits for. */
  async delete(shard: ShardId, tombstone: Tombstone): Promise<void> {
    await this.#whenFlushed(shard, tombstone.seq);
    await this.#keeperOf(shard).delete(tombstone);
  }

  /** Errors: those of the flush that it waits for, and of writing the snapshot. */
  async snapshot(shard: ShardId, name: string, flushedSeq: number): Promise<void> {
    await this.#whenFlushed(shard, flushedSeq);
    await this.#keeperOf(shard).snapshot(name);
  }

  async clean(shard: ShardId): Promise<void> {
    await this.#keeperOf(shard).clean();
  }

  async #whenFlushed(shard: ShardId, seq: number): Promise<void> {
    while (this.#keeperOf(shard).state.flushedSeq < seq) {
      const flushed = Promise.withResolvers<void>();
      this.#flushWaiters.push(flushed);
      await flushed.promise;
    }
  }

  /** Begins with what is due, unless that is under way. */
  #work(): void {
    if (this.#flushing !== null) return;
    const calm = Promise.withResolvers<void>();
    this.#flushing = calm.promise;
    this.#guard(
      this.#flushAll().finally(() => {
        if (this.#flushing === calm.promise) this.#flushing = null;
        calm.resolve();
        this.#guard(this.#tidy());
      }),
    );
  }

  /** One flush after the other, and what follows from them, as long as some are due. */
  async #flushAll(): Promise<void> {
    const { clock, timers } = this.#options;
    for (;;) {
      const order = this.#queue.next(clock.monoMs());
      if (order !== null) await this.#flush(order);
      else if (this.#truncates.length > 0) await this.#truncate(this.#truncates.shift()!);
      else break;
    }
    // In the step that found nothing due: what comes from now on begins anew.
    this.#flushing = null;
    this.#retry?.cancel();
    const retryAtMs = this.#queue.nextRetryMs;
    if (retryAtMs < Infinity) {
      const delayMs = Math.max(0, retryAtMs - clock.monoMs());
      this.#retry = timers.after(delayMs, () => this.#work());
    }
  }

  async #flush(order: FlushOrder): Promise<void> {
    const { feed, clock, counters, logger } = this.#options;
    const { shard, generation } = order;
    const startMs = clock.monoMs();
    try {
      const blocks = await this.#keeperOf(shard).flush(generationFeed(feed, order));
      this.#queue.done(shard);
      for (const { resolve } of this.#flushWaiters.splice(0)) resolve();
      counters.add("flushes", 1);
      counters.add("flushedSamples", sampleCount(blocks));
      counters.set("lastFlushSeconds", clock.wallMs() / 1000);
      this.#untidy.add(shard);
      const ms = Math.round(clock.monoMs() - startMs);
      const { number, lastSeq } = generation;
      const facts = { shard, generation: number, lastSeq, blocks: blocks.length, ms };
      logger.debug(facts, "a head generation is in blocks");
    } catch (error) {
      // Also a failed assertion: the other shards go on.
      counters.add("flushFailures", 1);
      for (const { reject } of this.#flushWaiters.splice(0)) reject(error);
      const isNew = this.#queue.failed(shard, clock.monoMs());
      if (isNew) logger.error({ shard, error }, "cannot write blocks: tried again until it works");
    }
  }

  async #truncate({ logId, beforeSegment, shards }: TruncateOrder): Promise<void> {
    const { disk, counters, logger } = this.#options;
    try {
      for (const shard of shards) await this.#keeperOf(shard).confirm();
      const dropped = await dropSegmentsBefore(disk, logFolder(logId), beforeSegment);
      counters.add("segmentsDropped", dropped);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      // The next order, which asks for more, comes here again.
      logger.warn({ log: logId, error }, "cannot drop log segments that are not needed any more");
    }
  }

  /** One step after the other, as long as some shard has something to do. */
  async #tidy(): Promise<void> {
    if (this.#isTidying) return;
    this.#isTidying = true;
    try {
      await this.#dropOverSize();
      for (const shard of this.#untidy) {
        this.#untidy.delete(shard);
        if (await this.#tidyOne(shard)) this.#untidy.add(shard);
        await this.#options.nextTurn();
      }
    } finally {
      this.#isTidying = false;
    }
  }

  /** True when there may be more to do. */
  async #tidyOne(shard: ShardId): Promise<boolean> {
    const { clock, upkeep, counters, logger } = this.#options;
    if (clock.monoMs() < (this.#restsUntilMs.get(shard) ?? 0)) return false;
    const keeper = this.#keeperOf(shard);
    const newestMs = Math.max(
      ...[...this.#shards.values()].map(({ state }) => newestSampleMs(state)),
    );
    const step = nextUpkeep(keeper.state, { wallMs: clock.wallMs(), newestMs }, upkeep);
    if (step === null) return false;
    try {
      await keeper.upkeep(step);
      counters.addStep(step);
      return true;
    } catch (error) {
      counters.add("upkeepFailures", 1);
      const block = keeper.damagedBlock(error);
      if (block !== null) {
        await this.#attempt(shard, "cannot move a damaged block aside", () =>
          keeper.quarantine(block, error),
        );
        return true;
      }
      logger.error({ shard, step: step.kind, error }, "cannot tidy up blocks: tried again later");
      this.#restsUntilMs.set(shard, clock.monoMs() + UPKEEP_RETRY_MS);
      return false;
    }
  }

  /** Each keeper of the node gives up as large a share of its blocks as the others. */
  async #dropOverSize(): Promise<void> {
    const { counters, upkeep } = this.#options;
    const { own, all } = counters.blockBytes();
    if (all <= upkeep.retentionBytesMax) return;
    const blocksOf = new Map(
      [...this.#shards].map(([shard, { state }]) => [shard, state.blocks.values()]),
    );
    const leaving = planSize(blocksOf, (own * upkeep.retentionBytesMax) / all);
    for (const [shard, blocks] of leaving) {
      await this.#attempt(shard, "cannot drop blocks beyond the size that is allowed", async () => {
        await this.#keeperOf(shard).upkeep({ kind: "expire", blocks });
        counters.addStep({ kind: "expire", blocks });
      });
    }
  }

  async #sweep(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    try {
      for (const [shard, keeper] of this.#shards) {
        if (keeper.leavingCount === 0) continue;
        await this.#attempt(shard, "cannot remove files of old blocks", () => keeper.sweep());
      }
    } finally {
      this.#isSweeping = false;
    }
  }

  async #attempt(shard: ShardId, failure: string, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.#options.logger.error({ shard, error }, failure);
    }
  }

  #every(periodMs: number, run: () => Promise<void>): void {
    this.#options.timers.after(periodMs, () => {
      this.#guard(run());
      this.#every(periodMs, run);
    });
  }

  #keeperOf(shard: ShardId): ShardKeeper {
    return must(this.#shards.get(shard), `shard ${shard} at this keeper`);
  }

  #guard(running: Promise<void>): void {
    running.catch((error: unknown) => this.#options.fatal(error));
  }
}

function sampleCount(blocks: readonly BlockEntry[]): number {
  return blocks.reduce((sum, block) => sum + block.sampleCount, 0);
}
