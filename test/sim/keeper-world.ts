/**
 * One log with two shards and their keeper through many lives, on the disk model: appends, cuts,
 * flushes, merges, truncations, in an order that dice choose. The oracle is what was ever sent and
 * what of it was acknowledged. After any crash a start must find, in head and blocks together, all
 * that was acknowledged and nothing that was never sent, every sample in one part.
 */
import { assert, must } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { HostedLog } from "#cluster/roles/hosted-log.ts";
import type { HostedShard } from "#cluster/roles/hosted-shard.ts";
import { InstalledBlocks } from "#cluster/roles/keeper/installed-blocks.ts";
import type { FlushOrder } from "#cluster/roles/keeper/keeper-contract.ts";
import { newestSampleMs, nextUpkeep } from "#cluster/roles/keeper/next-upkeep.ts";
import { ShardKeeper, type GenerationFeed } from "#cluster/roles/keeper/shard-keeper.ts";
import { LabelsDecoder } from "#model/canonical-labels.ts";
import { labelsKey, labelsOf } from "#model/labels.ts";
import { epoch, shardId, tenantId, type ShardId } from "#model/refs.ts";
import type { Random } from "#runtime/ports/random.ts";
import { RECORD_SERIES, type LogRecordDraft } from "#storage/log-record.ts";
import { REPLY_DURABLE } from "#storage/append-reply.ts";
import { bitsOf, buildBatch } from "#test/support/batch-builder.ts";
import { openHeadStore, selectAll, seriesOf, slicesOf } from "#test/support/head-stores.ts";
import { plainPageTools } from "#test/support/plain-pages.ts";
import { BlockReaders } from "#tsdb/block/block-readers.ts";
import { selectSamples } from "#tsdb/manifest/select-blocks.ts";
import type { ManifestState } from "#tsdb/manifest/manifest-state.ts";
import { dropSegmentsBefore } from "#tsdb/wal/drop-segments-before.ts";
import { allocateLogChannel, type LogChannel } from "#tsdb/wal/log-channel.ts";
import { LogLoop } from "#tsdb/wal/log-loop.ts";
import type { LogRecovery } from "#tsdb/wal/log-recovery.ts";
import { logFolder, type LogIdentity } from "#tsdb/wal/segment-format.ts";
import { SimLogger } from "./sim-logger.ts";
import { between, chance, pick } from "./sim-random.ts";
import type { WalDisk } from "./wal-disk.ts";

const T = tenantId(0);
const SHARDS: readonly ShardId[] = [shardId(0), shardId(1)];
const identity: LogIdentity = { clusterUuid: new Uint8Array(16).fill(0x5c), logId: 7 };
/** A cut wants a MiB of room. */
const RING_BYTES: number = 4 * 1024 * 1024;
/** Twelve to a block. */
const STEP_MS = 600_000;
const DAY_MS = 86_400_000;
const UPKEEP = {
  retention: { rules: [], ages: [Infinity, Infinity, Infinity] },
  retentionBytesMax: Infinity,
  compaction: { retentionMs: [7 * DAY_MS, 30 * DAY_MS, 0], settleMs: 0 },
} as const;

/** Samples as `series time:bits`. */
export interface KeeperHistory {
  /** Of the newest sample. */
  number: number;
  readonly sent: Set<string>;
  readonly acked: Set<string>;
}

/** Mistakes that a test plants. */
export type KeeperMistake = "acks-early" | "drops-too-much" | "forgets-series" | "flushes-nothing";

export class KeeperViolation extends Error {
  override readonly name = "KeeperViolation";
}

export function freshHistory(): KeeperHistory {
  return { number: 0, sent: new Set(), acked: new Set() };
}

/** For starts that only look: nothing is appended. */
const idleChannel: LogChannel = allocateLogChannel(RING_BYTES);

export class KeeperNode {
  readonly disk: WalDisk;
  readonly log: HostedLog;
  readonly orders: FlushOrder[] = [];
  readonly #keepers = new Map<ShardId, ShardKeeper>();
  readonly #readers: BlockReaders;
  readonly #oldestInUse = new Float64Array(SHARDS.length);
  readonly #acks = new Map<number, readonly string[]>();
  readonly #history: KeeperHistory;
  readonly #mistake: KeeperMistake | null;
  readonly #agreeing: ShardId[] = [];
  recovery: LogRecovery | null = null;
  readonly logger: SimLogger = new SimLogger(() => 0);
  readonly channel: LogChannel;

  constructor(
    disk: WalDisk,
    history: KeeperHistory,
    life: number,
    channel: LogChannel,
    mistake: KeeperMistake | null = null,
  ) {
    this.disk = disk;
    this.channel = channel;
    this.#history = history;
    this.#mistake = mistake;
    const tools = plainPageTools();
    this.#readers = new BlockReaders({ disk, clusterUuid: identity.clusterUuid, tools });
    this.log = new HostedLog({
      identity,
      channel,
      shards: SHARDS,
      epoch: life,
      createStore: () => openHeadStore({ generation: life, headBytesMax: 4 * 1024 * 1024 }),
      sendReply: (_origin, { token, status }) => {
        if (status === REPLY_DURABLE) for (const key of this.#acks.get(token)!) this.#ack(key);
      },
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

  append(shard: ShardId, random: Random): void {
    const history = this.#history;
    const rows = Array.from({ length: between(random, 1, 5) }, () => {
      history.number++;
      // Old names come back, after they were dropped too.
      const name = `s${shard}-${between(random, 0, 3) + 2 * Math.floor(history.number / 40)}`;
      const row = {
        series: labelsOf([["__name__", name]]),
        timestampMs: history.number * STEP_MS,
        bits: bitsOf(history.number / 3),
      };
      return { row, key: `${labelsKey(row.series)} ${row.timestampMs}:${row.bits.toString(16)}` };
    });
    const batch = {
      ...buildBatch(
        T,
        0,
        rows.map(({ row }) => row),
      ),
      shard,
    };
    for (const { key } of rows) history.sent.add(key);
    this.#acks.set(
      history.number,
      rows.map(({ key }) => key),
    );
    const isTaken = this.log.driver.deliverAppend(0, history.number, batch, 1e15);
    assert(isTaken, "keeper world: no room in the log");
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

  async tidy(shard: ShardId): Promise<void> {
    const keeper = this.#keeperOf(shard);
    const clock = { wallMs: 1e15, newestMs: newestSampleMs(keeper.state) };
    const step = nextUpkeep(keeper.state, clock, UPKEEP);
    try {
      if (step !== null) await keeper.upkeep(step);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
    }
  }

  async truncate(): Promise<void> {
    this.log.witness();
    const before = this.log.neededSegment() + (this.#mistake === "drops-too-much" ? 1 : 0);
    try {
      for (const shard of SHARDS) await this.#keeperOf(shard).confirm();
      await dropSegmentsBefore(this.disk, logFolder(identity.logId), before);
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

  #ack(key: string): void {
    this.#history.acked.add(key);
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
      owner: { clusterUuid: identity.clusterUuid, shard },
      epoch: epoch(life),
      disk: this.disk,
      patientDisk: this.disk,
      readers: this.#readers,
      tools: plainPageTools(),
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

/** Starts on `disk`, reads everything and holds it against the promise. */
export async function checkKeeper(disk: WalDisk, history: KeeperHistory): Promise<void> {
  const node = new KeeperNode(disk, freshHistory(), 1000, idleChannel);
  await node.open();
  const list = await node.read();
  const found = new Set(list);
  if (found.size < list.length) throw new KeeperViolation("a sample is in two parts");
  const lost = [...history.acked].filter((key) => !found.has(key));
  if (lost.length > 0) throw new KeeperViolation(`lost ${lost.length}, the first is ${lost[0]}`);
  const made = list.filter((key) => !history.sent.has(key));
  if (made.length > 0) throw new KeeperViolation(`never sent: ${made[0]}`);
}

export interface KeeperReading {
  /** As the history writes them. */
  readonly samples: readonly string[];
  /** What the keepers said about damage. */
  readonly reports: readonly string[];
  readonly tornBytes: number;
}

/** Starts on `disk` and reads everything; throws what a node would not serve. */
export async function readKeeper(disk: WalDisk): Promise<KeeperReading> {
  const node = new KeeperNode(disk, freshHistory(), 1000, idleChannel);
  const { tornBytes } = await node.open();
  return { samples: await node.read(), reports: node.logger.lines, tornBytes };
}

export interface KeeperLifeOptions {
  readonly random: Random;
  readonly life: number;
  readonly steps: number;
  readonly mistake?: KeeperMistake | null;
  /**
   * Called at the end, when whatever was wrong with the disk is over: from then on the life must show
   * all that it acknowledged, and take samples again by itself.
   */
  readonly heal?: () => void;
}

/** A log that waits for space looks again in so many turns. */
const HEAL_TURNS_MAX = 20;

/** One life: opens, does this and that, and is dropped. */
export async function liveKeeper(
  disk: WalDisk,
  history: KeeperHistory,
  { random, life, steps, mistake = null, heal }: KeeperLifeOptions,
): Promise<void> {
  const node = new KeeperNode(disk, history, life, allocateLogChannel(RING_BYTES), mistake);
  const { resume } = await node.open();
  let nowMs = 0;
  const loop = new LogLoop({
    disk,
    clock: { wallMs: () => nowMs, monoMs: () => nowMs },
    random,
    identity,
    channel: node.channel,
    resume,
    segmentBytesMax: 1024,
    batchBytesMax: 700,
  });
  await loop.start();
  node.log.start(1e12);
  await node.discardUnlisted();
  const commit = async (): Promise<void> => {
    if ((await loop.turn()) === "waiting") nowMs += 1500;
    node.log.noteState();
    node.log.advance();
  };
  for (let step = 0; step < steps; step++) {
    const shard = pick(random, SHARDS);
    if (chance(random, 0.6)) node.append(shard, random);
    if (chance(random, 0.6)) await commit();
    const hosted = must(node.log.shard(shard), "hosted shard");
    if (chance(random, 0.15) && !hosted.isEmpty) node.log.cut(hosted, 1e12);
    if (chance(random, 0.2)) await node.flush();
    if (chance(random, 0.1)) await node.tidy(shard);
    if (chance(random, 0.1)) await node.truncate();
  }
  if (heal === undefined) return;
  await checkServing(node, history);
  heal();
  for (const shard of SHARDS)
    await checkResumed(node, history, () => {
      node.append(shard, random);
      return commit();
    });
  await checkServing(node, history);
}

/** What was acknowledged in this life or before it can be read in it. */
async function checkServing(node: KeeperNode, history: KeeperHistory): Promise<void> {
  const found = new Set(await node.read());
  const hidden = [...history.acked].filter((key) => !found.has(key));
  if (hidden.length > 0) throw new KeeperViolation(`does not show ${hidden[0]}`);
}

async function checkResumed(
  node: KeeperNode,
  history: KeeperHistory,
  send: () => Promise<void>,
): Promise<void> {
  const before = history.acked.size;
  for (let turn = 0; turn < HEAL_TURNS_MAX; turn++) {
    await send();
    if (history.acked.size > before) return;
  }
  throw new KeeperViolation("takes no samples although the disk is well again");
}
