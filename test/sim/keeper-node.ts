/**
 * One log with two shards and their keepers, without threads: what a shard worker and its keeper do,
 * called step by step. Acknowledgements go into the history that the worlds around it hold against
 * what a start finds. Time is given: by default samples are never too late or too far ahead.
 */
import { assert, must } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { HostedLog } from "#cluster/roles/hosted-log.ts";
import type { HostedShard } from "#cluster/roles/hosted-shard.ts";
import { InstalledBlocks } from "#cluster/roles/keeper/installed-blocks.ts";
import type { FlushOrder } from "#cluster/roles/keeper/keeper-contract.ts";
import {
  newestSampleMs,
  nextUpkeep,
  type UpkeepOptions,
} from "#cluster/roles/keeper/next-upkeep.ts";
import { ShardKeeper, type GenerationFeed } from "#cluster/roles/keeper/shard-keeper.ts";
import { LabelsDecoder } from "#model/canonical-labels.ts";
import { labelsKey, labelsOf, type Labels } from "#model/labels.ts";
import { epoch, shardId, tenantId, type ShardId } from "#model/refs.ts";
import type { Random } from "#runtime/ports/random.ts";
import type { Rejection } from "#storage/body-appender.ts";
import { RECORD_SERIES, type LogRecordDraft } from "#storage/log-record.ts";
import { REPLY_DURABLE, type AppendReply } from "#storage/append-reply.ts";
import { bitsOf, buildBatch } from "#test/support/batch-builder.ts";
import { openHeadStore, selectAll, seriesOf, slicesOf } from "#test/support/head-stores.ts";
import { plainPageTools } from "#test/support/plain-pages.ts";
import type { PageTools } from "#tsdb/block/page-tools.ts";
import { BlockReaders } from "#tsdb/block/block-readers.ts";
import { selectSamples } from "#tsdb/manifest/select-blocks.ts";
import type { ManifestState } from "#tsdb/manifest/manifest-state.ts";
import { dropSegmentsBefore } from "#tsdb/wal/drop-segments-before.ts";
import type { LogChannel } from "#tsdb/wal/log-channel.ts";
import type { LogRecovery } from "#tsdb/wal/log-recovery.ts";
import { logFolder, type LogIdentity } from "#tsdb/wal/segment-format.ts";
import { SimLogger } from "./sim-logger.ts";
import { between } from "./sim-random.ts";
import type { WalDisk } from "./wal-disk.ts";

const T = tenantId(0);
export const KEEPER_SHARDS: readonly ShardId[] = [shardId(0), shardId(1)];
export const keeperIdentity: LogIdentity = { clusterUuid: new Uint8Array(16).fill(0x5c), logId: 7 };
const HEAD_BYTES_MAX: number = 4 * 1024 * 1024;
/** Twelve to a block. */
const STEP_MS = 600_000;
const DAY_MS = 86_400_000;
const UPKEEP: UpkeepOptions = {
  retention: { rules: [], ages: [Infinity, Infinity, Infinity] },
  retentionBytesMax: Infinity,
  compaction: { retentionMs: [7 * DAY_MS, 30 * DAY_MS, 0], settleMs: 0 },
};

/** What a node knows of time. */
export interface KeeperTime {
  /** Judges samples that are too far ahead. */
  readonly trustedMs: () => number;
  /** What ages count from, when the newest sample is not older. */
  readonly wallMs: () => number;
  readonly upkeep: UpkeepOptions;
}

const FAR_MS = 1e15;
const TIMELESS: KeeperTime = { trustedMs: () => FAR_MS, wallMs: () => FAR_MS, upkeep: UPKEEP };

export interface KeeperNodeOptions {
  readonly disk: WalDisk;
  /** Null where nothing is compared. */
  readonly history: KeeperHistory | null;
  /** Number of the start; its epoch. */
  readonly life: number;
  readonly channel: LogChannel;
  readonly mistake?: KeeperMistake | null;
  readonly time?: KeeperTime;
  readonly tools?: PageTools;
  readonly headBytesMax?: number;
}

/** Samples as `series time:bits`. */
export interface KeeperHistory {
  /** Of the newest sample. */
  number: number;
  readonly sent: Set<string>;
  readonly acked: Set<string>;
}

export interface KeeperRow {
  readonly series: Labels;
  readonly timestampMs: number;
  readonly bits: bigint;
}

/** Mistakes that a test plants. */
export type KeeperMistake = "acks-early" | "drops-too-much" | "forgets-series" | "flushes-nothing";

export class KeeperViolation extends Error {
  override readonly name = "KeeperViolation";
}

export class KeeperNode {
  readonly disk: WalDisk;
  readonly log: HostedLog;
  readonly orders: FlushOrder[] = [];
  /** Of samples that were judged. */
  readonly rejections: Rejection[] = [];
  readonly #keepers = new Map<ShardId, ShardKeeper>();
  readonly #readers: BlockReaders;
  readonly #oldestInUse = new Float64Array(KEEPER_SHARDS.length);
  readonly #acks = new Map<number, readonly string[]>();
  readonly #history: KeeperHistory | null;
  readonly #mistake: KeeperMistake | null;
  readonly #time: KeeperTime;
  readonly #tools: PageTools;
  readonly #agreeing: ShardId[] = [];
  #token = 0;
  recovery: LogRecovery | null = null;
  readonly logger: SimLogger = new SimLogger(() => 0);
  readonly channel: LogChannel;

  constructor(options: KeeperNodeOptions) {
    const { disk, history, life, channel, mistake = null, time = TIMELESS } = options;
    const { tools = plainPageTools(), headBytesMax = HEAD_BYTES_MAX } = options;
    this.disk = disk;
    this.channel = channel;
    this.#history = history;
    this.#mistake = mistake;
    this.#time = time;
    this.#tools = tools;
    this.#readers = new BlockReaders({ disk, clusterUuid: keeperIdentity.clusterUuid, tools });
    this.log = new HostedLog({
      identity: keeperIdentity,
      channel,
      shards: KEEPER_SHARDS,
      epoch: life,
      createStore: () => openHeadStore({ generation: life, headBytesMax }),
      sendReply: (_origin, reply) => this.#book(reply),
      shardFaulted: (shard, error) => {
        throw new KeeperViolation(`shard ${shard} failed: ${String(error)}`);
      },
      unsafeAckEarly: mistake === "acks-early",
      keeper: () => ({
        open: async (shard) => {
          const keeper = await this.#openKeeper(shard, life);
          this.#keepers.set(shard, keeper);
          return new InstalledBlocks(shard, keeper.state, this.#oldestInUse);
        },
        flush: (order) => this.orders.push(order),
        agrees: (shard) => this.#agreeing.push(shard),
        disagrees: () => {},
      }),
    });
  }

  async open(): Promise<LogRecovery> {
    this.recovery = await this.log.open(this.disk);
    const { corruptionCount, corruptions } = this.recovery;
    if (corruptionCount > 0) {
      throw new KeeperViolation(`a crash looks like damage: ${JSON.stringify(corruptions)}`);
    }
    if (this.log.incomplete.length > 0) throw new KeeperViolation("records are lost");
    return this.recovery;
  }

  /** Block files of crashes before that nobody lists. */
  async discardUnlisted(): Promise<void> {
    for (const shard of this.#agreeing) {
      try {
        await this.#keeperOf(shard).discardUnlisted();
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
      }
    }
  }

  /** A few samples of a few series; old names come back, after they were dropped too. */
  append(shard: ShardId, random: Random): void {
    const history = must(this.#history, "history");
    const rows = Array.from({ length: between(random, 1, 5) }, () => {
      const number = ++history.number;
      const name = `s${shard}-${between(random, 0, 3) + 2 * Math.floor(number / 40)}`;
      const series = labelsOf([["__name__", name]]);
      return { series, timestampMs: number * STEP_MS, bits: bitsOf(number / 3) };
    });
    this.send(shard, rows);
  }

  send(shard: ShardId, rows: readonly KeeperRow[]): void {
    const batch = { ...buildBatch(T, 0, rows), shard };
    const token = this.#token++;
    if (this.#history !== null) {
      const keys = rows.map(({ series, timestampMs, bits }) => {
        return `${labelsKey(series)} ${timestampMs}:${bits.toString(16)}`;
      });
      for (const key of keys) this.#history.sent.add(key);
      this.#acks.set(token, keys);
    }
    const isTaken = this.log.driver.deliverAppend(0, token, [batch], this.#time.trustedMs());
    assert(isTaken, "keeper node: no room in the log");
  }

  /** The oldest flush that is asked for; put back when it fails. */
  async flush(): Promise<void> {
    const order = this.orders.shift();
    if (order === undefined) return;
    try {
      await this.#keeperOf(order.shard).flush(this.#feed(order));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.orders.unshift(order);
    }
  }

  /** One step of what the blocks need; false when they need nothing. */
  async tidy(shard: ShardId): Promise<boolean> {
    const keeper = this.#keeperOf(shard);
    const { wallMs, upkeep } = this.#time;
    const clock = { wallMs: wallMs(), newestMs: newestSampleMs(keeper.state) };
    const step = nextUpkeep(keeper.state, clock, upkeep);
    if (step === null) return false;
    try {
      await keeper.upkeep(step);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
    }
    return true;
  }

  async truncate(): Promise<void> {
    this.log.witness();
    const before = this.log.neededSegment() + (this.#mistake === "drops-too-much" ? 1 : 0);
    try {
      for (const shard of KEEPER_SHARDS) await this.#keeperOf(shard).confirm();
      await dropSegmentsBefore(this.disk, logFolder(keeperIdentity.logId), before);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
    }
  }

  /** Everything that a query would see, as the history writes it. */
  async read(): Promise<string[]> {
    const found: string[] = [];
    for (const { view, blocks } of this.log.readViews()) {
      for (const { key, samples } of seriesOf(slicesOf(view, selectAll(T)))) {
        for (const sample of samples) found.push(`${key} ${sample}`);
      }
      if (blocks !== null) found.push(...(await this.#readBlocks(blocks.state as ManifestState)));
      view[Symbol.dispose]();
      blocks?.[Symbol.dispose]();
    }
    return found;
  }

  #book({ token, shards }: AppendReply): void {
    const keys = this.#acks.get(token) ?? [];
    this.#acks.delete(token);
    if (shards.some(({ status }) => status !== REPLY_DURABLE)) return;
    for (const { rejections } of shards) this.rejections.push(...rejections);
    // The worlds that send what is refused do it in batches of its own.
    if (shards.some(({ rejectedCount }) => rejectedCount > 0)) return;
    for (const key of keys) this.#history?.acked.add(key);
  }

  async #readBlocks(state: ManifestState): Promise<string[]> {
    const decoder = new LabelsDecoder();
    const found: string[] = [];
    const source = await selectSamples(state, this.#readers, { ...selectAll(T) });
    for (let one = await source.next(); one !== null; one = await source.next()) {
      const key = labelsKey(decoder.decode(one.labels, 0, one.labels.length));
      const bits = new BigUint64Array(one.values.slice(one.start, one.end).buffer);
      bits.forEach((value, i) => {
        found.push(`${key} ${one.timestamps[one.start + i]!}:${value.toString(16)}`);
      });
    }
    source.close();
    return found;
  }

  #openKeeper(shard: ShardId, life: number): Promise<ShardKeeper> {
    return ShardKeeper.open({
      owner: { clusterUuid: keeperIdentity.clusterUuid, shard },
      epoch: epoch(life),
      disk: this.disk,
      patientDisk: this.disk,
      readers: this.#readers,
      tools: this.#tools,
      logger: this.logger,
      oldestPinnedElsewhere: () => this.#oldestInUse[shard]!,
      install: async (state, releases) => this.#hosted(shard).install(state, releases),
      onQuarantine: () => {},
    });
  }

  #feed({ shard, generation, liveSeries }: FlushOrder): GenerationFeed {
    const { store } = this.#hosted(shard);
    const { number } = generation;
    return {
      generation,
      liveSeries,
      samples: () => {
        const cursor = store.readGeneration(number);
        const isLost = this.#mistake === "flushes-nothing";
        return { next: async () => (isLost ? null : cursor.next()) };
      },
      records: (which) => {
        const cursor = store.seriesRecords(number, which);
        if (this.#mistake !== "forgets-series") return cursor;
        // The cut without its series.
        const next = (): LogRecordDraft | null => {
          const draft = cursor.next();
          return draft?.type === RECORD_SERIES ? next() : draft;
        };
        return { next };
      },
    };
  }

  #hosted(shard: ShardId): HostedShard {
    return must(this.log.shard(shard), `hosted shard ${shard}`);
  }

  #keeperOf(shard: ShardId): ShardKeeper {
    return must(this.#keepers.get(shard), `keeper of shard ${shard}`);
  }
}
