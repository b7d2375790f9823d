/**
 * One shard worker: its receiver, the logs and shards it owns, the rings to its siblings and the
 * client listener. The thread entry (`shard-worker.ts`) only starts it. All of it runs on one event
 * loop; nothing here blocks, except recovery before the worker serves anybody.
 */
import { must } from "#base/assert.ts";
import type { ShardDriver } from "#cluster/shard/shard-driver.ts";
import { ByteKernels } from "#kernels/byte-kernels.ts";
import { instantiateKernels } from "#kernels/kernel-instance.ts";
import { shardId } from "#model/refs.ts";
import type { ShardId } from "#model/refs.ts";
import type { BlockDamage } from "#query/fanout/select-contract.ts";
import { serveSelections } from "#query/fanout/select-host.ts";
import { serveHeadStatus } from "#query/head-status/head-status-host.ts";
import type { Clock, Timers } from "#runtime/ports/clock.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import { sharedCounterRow } from "#runtime/metrics/shared-counters.ts";
import { Doorbell } from "#runtime/worker/doorbell.ts";
import { TurnBell } from "#runtime/worker/turn-bell.ts";
import type { MessageLink } from "#runtime/worker/message-link.ts";
import { RingConsumer } from "#runtime/worker/ring-consumer.ts";
import { RingProducer } from "#runtime/worker/ring-producer.ts";
import { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { AppendReply } from "#storage/append-reply.ts";
import type { ShardStore } from "#storage/shard-store.ts";
import type { BatchRouter } from "#tsdb/receiver/batch-router.ts";
import type { Receiver } from "#tsdb/receiver/receiver.ts";
import { TrustedNow } from "#tsdb/trusted-now.ts";
import { createShardStore } from "#tsdb/shard-store/shard-store.ts";
import { HeadKeeping } from "./head-keeping.ts";
import { HostedLog } from "./hosted-log.ts";
import type { KeeperPort } from "./hosted-log.ts";
import type { HostedShard } from "./hosted-shard.ts";
import { hostFeed } from "./keeper/feed-host.ts";
import { InstalledBlocks } from "./keeper/installed-blocks.ts";
import type { KeeperContract } from "./keeper/keeper-contract.ts";
import { NODE_COUNTERS } from "./node-counters.ts";
import { PeerInbox } from "./peer-inbox.ts";
import { RingRouter } from "./ring-router.ts";
import { ShardSnapshots } from "./shard-snapshots.ts";
import { ShardDeletions } from "./shard-deletions.ts";
import type { OpenedLog, ShardWorkerInit } from "./shard-worker-contract.ts";
import { createTenantLimits } from "./create-tenant-limits.ts";
import type { TenantLimits } from "./tenant-limits.ts";

/** Expired requests are looked for this often: a fraction of any deadline. */
const HOUSEKEEPING_MS = 250;
/** An idle worker looks around this often even if no bell rang. */
const IDLE_WAIT_MS = 1000;
/** With answers that found a full ring, look again soon: no bell tells that it has room. */
const BACKLOG_WAIT_MS = 2;

/** What one 32-bit linear memory can hold. */
const HEAD_MEMORY_BYTES_MAX = 4 * 1024 ** 3;

/** The module's own data and 64 KiB of scratch. */
const CHECKSUM_PAGES = { pagesInitial: 4, pagesMax: 4 };

export interface ShardWorkerPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly disk: Disk;
  /** Resolves after pending events of the loop were served. */
  readonly nextTurn: () => Promise<void>;
  readonly shardFaulted: (shard: ShardId, error: unknown) => void;
  /** A query met a block that it could not read. */
  readonly blockDamaged: (damage: BlockDamage) => void;
  /** A failure that this worker cannot go on from. */
  readonly fatal: (error: unknown) => void;
  readonly createReceiver: (
    init: ShardWorkerInit,
    router: BatchRouter,
    clock: Clock,
    limits: TenantLimits,
  ) => Receiver;
}

export class ShardWorkerHost {
  readonly #init: ShardWorkerInit;
  readonly #ports: ShardWorkerPorts;
  readonly #logs: readonly HostedLog[];
  readonly #drivers = new Map<ShardId, ShardDriver>();
  readonly #bell: Doorbell;
  readonly #peerBells: readonly TurnBell[];
  /** Counters of all workers, and of this one. */
  readonly #rows: readonly Float64Array[];
  readonly #counters: Float64Array;
  readonly #limits: TenantLimits;
  #inboxes: readonly (PeerInbox | null)[] = [];
  #receiver: Receiver | null = null;
  #deletions: ShardDeletions | null = null;
  #snapshots: ShardSnapshots | null = null;
  #isClosed = false;
  #keeper: WorkerClient<KeeperContract> | null = null;
  #keeping: HeadKeeping | null = null;

  constructor(init: ShardWorkerInit, ports: ShardWorkerPorts) {
    this.#init = init;
    this.#ports = ports;
    this.#bell = new Doorbell(must(init.memory.bells[init.index], "bell of this worker"));
    this.#peerBells = init.memory.bells.map((bell) => new TurnBell(new Doorbell(bell)));
    const { counters, workerCount } = init.memory;
    this.#rows = Array.from({ length: workerCount }, (_, worker) =>
      sharedCounterRow(NODE_COUNTERS, counters, worker),
    );
    this.#counters = must(this.#rows[init.index], "counters of this worker");
    this.#limits = createTenantLimits(init, ports.clock);
    this.#logs = this.#hostLogs();
  }

  /** True while the heads of the whole node are near their budget: no body is taken in. */
  get isOverBudget(): boolean {
    return this.#keeping?.isOverBudget ?? false;
  }

  get receiver(): Receiver {
    return must(this.#receiver, "receiver before start");
  }

  /** Before `open`, on a node that writes blocks. */
  connectKeeper(keeper: MessageLink, feed: MessageLink): void {
    this.#keeper = new WorkerClient<KeeperContract>(`keeper-${this.#init.index}`, keeper);
    hostFeed(
      feed,
      (shard) => this.#hostedShard(shard),
      () => this.#keeping?.cutDue(),
    );
  }

  async open(): Promise<readonly OpenedLog[]> {
    const opened: OpenedLog[] = [];
    for (const log of this.#logs) {
      const recovery = await log.open(this.#ports.disk);
      for (const shard of log.shards) this.#drivers.set(shard, log.driver);
      opened.push({ logId: log.logId, recovery, incomplete: log.incomplete });
    }
    return opened;
  }

  start(): void {
    const init = this.#init;
    const ports = this.#ports;
    const { index, memory } = init;
    const newestMs = Math.max(
      ...this.#logs.flatMap((log) => log.stats().map((stats) => stats.maxTimestampMs)),
      Number.NEGATIVE_INFINITY,
    );
    const trustedNow = new TrustedNow(ports.clock, newestMs);
    const keeper = this.#keeper;
    this.#keeping = new HeadKeeping({
      logs: this.#logs,
      windowMs: init.config.storage.headWindowMs,
      headBytesMax: init.config.storage.headBytesMax,
      nowMs: () => trustedNow.nowMs(),
      usedBytes: () => this.#nodeHeadBytes(),
      truncate: keeper === null ? null : (order) => keeper.notify("truncate", order),
    });
    this.#deletions = new ShardDeletions({
      logs: this.#logs,
      keeper,
      timers: ports.timers,
      nowMs: () => trustedNow.nowMs(),
      nextTurn: ports.nextTurn,
    });
    if (keeper !== null) {
      const { timers } = ports;
      const nowMs = (): number => trustedNow.nowMs();
      this.#snapshots = new ShardSnapshots({ logs: this.#logs, keeper, timers, nowMs });
    }
    for (const log of this.#logs) log.start(trustedNow.nowMs());
    const driverOf = (shard: ShardId): ShardDriver =>
      must(this.#drivers.get(shard), `shard ${shard} at worker ${index}`);
    const router = new RingRouter({
      self: index,
      logWorkers: init.logWorkers,
      drivers: Array.from(
        init.logWorkers,
        (_, logId) => this.#logs.find((log) => log.logId === logId)?.driver ?? null,
      ),
      rings: memory.requests[index]!.map((ring, peer) =>
        ring === null ? null : new RingProducer(ring, this.#bellOf(peer)),
      ),
      trustedNow,
      forwarded: () => this.#count(NODE_COUNTERS.index.partsForwarded, 1),
    });
    this.#receiver = ports.createReceiver(init, router, ports.clock, this.#limits);
    this.#inboxes = memory.bells.map((_, peer) =>
      peer === index ? null : this.#inbox(peer, driverOf, trustedNow),
    );
    for (const log of this.#logs) {
      this.#guard(log.follow(() => this.#moved()));
      this.#guard(log.watchState(() => this.#moved()));
    }
    this.#guard(this.#followPeers());
    this.#keepHouse();
  }

  serveSelections(link: MessageLink): void {
    serveSelections(link, {
      views: () => ({
        views: this.#logs.flatMap((log) => log.readViews()),
        failed: this.#logs.flatMap((log) => log.driver.faultedShards),
      }),
      stores: () => this.#logs.flatMap((log) => log.readableStores()),
      pause: () => this.#ports.nextTurn(),
      clock: this.#ports.clock,
      shardCount: this.#init.shardLogs.length,
      onDamaged: (damage) => {
        this.#ports.blockDamaged(damage);
        this.#keeper?.notify("damaged", damage);
      },
      admin: must(this.#deletions, "selections before start"),
      takeSnapshot: (name, withHeads) =>
        must(this.#snapshots, "snapshots of a node that writes blocks").take(name, withHeads),
    });
  }

  serveHeadStatus(link: MessageLink): void {
    serveHeadStatus(link, {
      totals: () => {
        const stats = this.#logs.flatMap((log) => log.stats());
        return {
          // A series of a head has one chunk that grows.
          chunkCount: stats.reduce((sum, one) => sum + one.seriesCount, 0),
          minTimeMs: Math.min(...stats.map((one) => one.minTimestampMs)),
          maxTimeMs: Math.max(...stats.map((one) => one.maxTimestampMs)),
        };
      },
      labelCounts: (tenant) => this.#logs.flatMap((log) => log.labelCounts(tenant)),
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const log of this.#logs) log.close();
    this.#bell.ring();
  }

  #hostLogs(): HostedLog[] {
    const { index, memory, shardLogs, logWorkers, clusterUuid, epoch, canaries } = this.#init;
    const kernels = instantiateKernels(this.#init.kernels, CHECKSUM_PAGES);
    const { crc32c: checksum } = new ByteKernels(kernels);
    const logs: HostedLog[] = [];
    for (const [logId, worker] of logWorkers.entries()) {
      if (worker !== index) continue;
      const shards: ShardId[] = [];
      for (const [shard, log] of shardLogs.entries()) {
        if (log === logId) shards.push(shardId(shard));
      }
      logs.push(
        new HostedLog({
          identity: { clusterUuid, logId },
          channel: must(memory.logs[logId], `channel of log ${logId}`),
          shards,
          epoch,
          createStore: () => this.#createStore(),
          sendReply: (origin, reply) => this.#reply(origin, reply),
          shardFaulted: (shard, error) => this.#ports.shardFaulted(shard, error),
          unsafeAckEarly: canaries.ackEarly,
          checksum,
          acceptLoss: this.#init.config.storage.acceptLoss,
          keeper: () => this.#keeperPort(),
        }),
      );
    }
    return logs;
  }

  #keeperPort(): KeeperPort | null {
    const keeper = this.#keeper;
    if (keeper === null) return null;
    const oldestInUse = new Float64Array(this.#init.memory.oldestInUse);
    return {
      open: async (shard) => {
        return new InstalledBlocks(shard, await keeper.call("open", { shard }), oldestInUse);
      },
      flush: (order) => keeper.notify("flush", order),
      agrees: (shard) => keeper.notify("agrees", { shard }),
      disagrees: (shard) => keeper.notify("disagrees", { shard }),
    };
  }

  #hostedShard(shard: ShardId): HostedShard {
    const log = this.#logs.find((one) => one.logId === this.#init.shardLogs[shard]);
    return must(log?.shard(shard), `shard ${shard} at worker ${this.#init.index}`);
  }

  #createStore(): ShardStore {
    const { config, headKernel, epoch, shardLogs } = this.#init;
    const { headBytesMax, outOfOrderWindowMs, exemplarsMax } = config.storage;
    return createShardStore({
      headKernel,
      generation: epoch,
      // No quota per shard: the receivers keep the node as a whole inside the budget.
      headBytesMax: Math.min(headBytesMax, HEAD_MEMORY_BYTES_MAX),
      outOfOrderWindowMs,
      exemplarsMax: Math.ceil(exemplarsMax / shardLogs.length),
      // Without a limit nobody counts what comes and goes.
      ...(this.#limits.limitsSeries ? { seriesQuota: this.#limits } : {}),
    });
  }

  #inbox(
    peer: number,
    driverOf: (shard: ShardId) => ShardDriver,
    trustedNow: TrustedNow,
  ): PeerInbox {
    const { index, memory } = this.#init;
    const ring = (
      of: readonly (readonly (SharedArrayBuffer | null)[])[],
      from: number,
      to: number,
    ) => must(of[from]?.[to], `ring from worker ${from} to ${to}`);
    return new PeerInbox({
      peer,
      requests: new RingConsumer(ring(memory.requests, peer, index), this.#bell),
      replies: new RingConsumer(ring(memory.replies, peer, index), this.#bell),
      outgoing: new RingProducer(ring(memory.replies, index, peer), this.#bellOf(peer)),
      driverOf,
      trustedNow,
      answered: (reply) => this.receiver.answer(reply),
    });
  }

  /** Frames of one turn, of whatever kind, wake the peer once. */
  #bellOf(peer: number): TurnBell {
    return this.#peerBells[peer]!;
  }

  #reply(origin: number, reply: AppendReply): void {
    if (origin === this.#init.index) this.receiver.answer(reply);
    else must(this.#inboxes[origin], `inbox of worker ${origin}`).reply(reply);
  }

  /** A log moved or changed state: batches that waited for room may go on. */
  #moved(): void {
    for (const inbox of this.#inboxes) inbox?.drain();
    this.receiver.pump();
  }

  async #followPeers(): Promise<void> {
    const inboxes = this.#inboxes.filter((inbox) => inbox !== null);
    if (inboxes.length === 0) return;
    while (!this.#isClosed) {
      let worked = false;
      for (const inbox of inboxes) worked = inbox.drain() || worked;
      if (worked) {
        this.receiver.pump();
        // Clients and queries get their turn between two rounds of sibling traffic.
        await this.#ports.nextTurn();
        continue;
      }
      this.#bell.arm();
      if (inboxes.some((inbox) => inbox.hasArrivals())) {
        this.#bell.disarm();
        continue;
      }
      const isBacklogged = inboxes.some((inbox) => inbox.hasBacklog);
      await this.#bell.waitAsync(isBacklogged ? BACKLOG_WAIT_MS : IDLE_WAIT_MS);
    }
  }

  #keepHouse(): void {
    if (this.#isClosed) return;
    this.receiver.expire();
    this.#publishGauges();
    this.#keeping?.tick();
    this.#ports.timers.after(HOUSEKEEPING_MS, () => {
      try {
        this.#keepHouse();
      } catch (error) {
        this.#ports.fatal(error);
      }
    });
  }

  #publishGauges(): void {
    const { index } = NODE_COUNTERS;
    const { counts, openRequests, identityBytes } = this.receiver;
    const row = this.#counters;
    row[index.bodies] = counts.bodies;
    row[index.samplesReceived] = counts.samples;
    row[index.samplesWritten] = counts.written;
    row[index.samplesRejected] = counts.rejected;
    row[index.seriesSeen] = counts.newSeries;
    row[index.exemplarsReceived] = counts.exemplars;
    row[index.exemplarsWritten] = counts.exemplarsWritten;
    row[index.limitedSamples] = this.#limits.samplesRefused;
    row[index.limitedSeries] = this.#limits.seriesRefused;
    row[index.requestsOpen] = openRequests;
    row[index.identityBytes] = identityBytes;
    row[index.parts] = this.receiver.partCount;
    const stats = this.#logs.flatMap((log) => log.stats());
    row[index.series] = stats.reduce((sum, one) => sum + one.seriesCount, 0);
    row[index.samplesHeld] = stats.reduce((sum, one) => sum + one.sampleCount, 0);
    row[index.exemplarsHeld] = stats.reduce((sum, one) => sum + one.exemplarCount, 0);
    row[index.metricsDescribed] = stats.reduce((sum, one) => sum + one.describedMetricCount, 0);
    row[index.headUsedBytes] = stats.reduce((sum, one) => sum + one.usedBytes, 0);
    row[index.headReservedBytes] = stats.reduce((sum, one) => sum + one.reservedBytes, 0);
    row[index.logDurableBytes] = this.#logs.reduce((sum, log) => sum + log.durablePosition, 0);
    row[index.recordsUnflushed] = this.#logs.reduce((sum, log) => sum + log.unflushedCount, 0);
    row[index.shardsFaulted] = this.#logs.reduce(
      (sum, log) => sum + log.driver.faultedShards.length,
      0,
    );
    row[index.shardsIncomplete] = this.#logs.reduce((sum, log) => sum + log.incomplete.length, 0);
    row[index.logWritable] = this.#logs.every((log) => log.isWritable) ? 1 : 0;
  }

  /** Memory of all heads that holds data, as every worker last published it. */
  #nodeHeadBytes(): number {
    let bytes = 0;
    for (const row of this.#rows) bytes += row[NODE_COUNTERS.index.headUsedBytes]!;
    return bytes;
  }

  #count(cell: number, amount: number): void {
    this.#counters[cell] = this.#counters[cell]! + amount;
  }

  #guard(running: Promise<void>): void {
    running.catch((error: unknown) => this.#ports.fatal(error));
  }
}
