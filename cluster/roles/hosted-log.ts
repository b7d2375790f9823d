/**
 * One log with the shards that write to it, inside a shard worker: recovered first, then driven.
 * A worker hosts one, or several when it runs with fewer workers than its data folder was made for.
 */
import { must } from "#base/assert.ts";
import type { crc32c } from "#base/hash/crc32c.ts";
import { EngineError, isErrorOf } from "#base/engine-error.ts";
import { ShardDriver } from "#cluster/shard/shard-driver.ts";
import { epoch, seq } from "#model/refs.ts";
import type { ShardId, TenantId } from "#model/refs.ts";
import type { ShardView } from "#query/fanout/shard-view.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import type { AppendReply } from "#storage/append-reply.ts";
import type { LabelCountsCursor } from "#storage/label-counts.ts";
import { RECORD_CUT, RECORD_MANIFESTS, type LogRecord } from "#storage/log-record.ts";
import type { ClosedGeneration } from "#storage/head-generation.ts";
import { CORRUPTION, SHARD_UNAVAILABLE } from "#storage/storage-errors.ts";
import type { ShardStore, ShardStoreStats } from "#storage/shard-store.ts";
import { manifestLoss } from "#tsdb/manifest/manifest-loss.ts";
import { seqOfCut } from "#tsdb/series-log/seq-of-cut.ts";
import { loadSeriesLog } from "#tsdb/series-log/series-log-load.ts";
import type { LogChannel } from "#tsdb/wal/log-channel.ts";
import type { LogPlace } from "#tsdb/wal/log-place.ts";
import { LogProducer } from "#tsdb/wal/log-producer.ts";
import { replayLog } from "#tsdb/wal/log-reader.ts";
import type { LogRecovery } from "#tsdb/wal/log-recovery.ts";
import { encodeWitnesses } from "#tsdb/wal/manifest-witness.ts";
import { LOG_SHARD } from "#tsdb/wal/record-codec.ts";
import { LOG_OPEN } from "#tsdb/wal/log-status.ts";
import type { LogIdentity } from "#tsdb/wal/segment-format.ts";
import { HostedShard } from "./hosted-shard.ts";
import type { InstalledBlocks } from "./keeper/installed-blocks.ts";
import type { FlushOrder } from "./keeper/keeper-contract.ts";
import { ProducerLogPort } from "./producer-log-port.ts";

export interface HostedLogOptions {
  readonly identity: LogIdentity;
  readonly channel: LogChannel;
  readonly shards: readonly ShardId[];
  readonly epoch: number;
  readonly createStore: () => ShardStore;
  readonly sendReply: (origin: number, reply: AppendReply) => void;
  readonly shardFaulted: (shard: ShardId, error: unknown) => void;
  /** Answers before records are durable: only to prove that the crash tests notice. */
  readonly unsafeAckEarly: boolean;
  /** A faster twin of the checksum. */
  readonly checksum?: typeof crc32c;
  /** Shards to serve although something of them was lost. */
  readonly acceptLoss?: readonly number[];
  /** Null on a node that writes no blocks; asked from `open` on. */
  readonly keeper: () => KeeperPort | null;
}

/** The keeper as a log sees it. */
export interface KeeperPort {
  /** Errors: `storage.corruption` when the manifest is damaged. */
  open(shard: ShardId): Promise<InstalledBlocks>;
  flush(order: FlushOrder): void;
  /** Log and manifest of the shard agree: block files that nobody lists may go. */
  agrees(shard: ShardId): void;
  /** One of them lost something: nothing of the shard may be changed. */
  disagrees(shard: ShardId): void;
}

/** Manifest versions on their way to the disk, by shard. */
interface PendingWitness {
  readonly versions: ReadonlyMap<ShardId, number>;
  readonly position: number;
  /** It is in this segment or a later one. */
  readonly segmentId: number;
}

/** A cut on its way to the disk. */
interface PendingCut {
  readonly shard: HostedShard;
  readonly generation: ClosedGeneration;
  readonly position: number;
}

/** Ring and record headers beside the versions. */
const WITNESS_ROOM_BYTES = 512;
/** How often a log is looked at even though nothing woke us: a bound on any missed wake-up. */
const STALL_MS = 1000;

export class HostedLog {
  readonly #options: HostedLogOptions;
  readonly #shards = new Map<ShardId, HostedShard>();
  /** In the order of their positions. */
  readonly #cuts: PendingCut[] = [];
  #driver: ShardDriver | null = null;
  #producer: LogProducer | null = null;
  readonly #incomplete: ShardId[] = [];
  /** Newest cut that the series log of a shard knew of. */
  readonly #restored = new Map<ShardId, number>();
  #position = 0;
  #isClosed = false;
  #wasOpen = true;
  #hasOpened = false;
  /** A shard could not be opened: nobody knows which records its blocks have. */
  #keepsAll = false;
  #port: ProducerLogPort | null = null;
  #witness: PendingWitness | null = null;
  /** The newest durable record of manifest versions is here or later; 0 before the first. */
  #witnessSegment = 0;

  constructor(options: HostedLogOptions) {
    this.#options = options;
  }

  get logId(): number {
    return this.#options.identity.logId;
  }

  get shards(): readonly ShardId[] {
    return this.#options.shards;
  }

  get hosted(): readonly HostedShard[] {
    return [...this.#shards.values()];
  }

  shard(shard: ShardId): HostedShard | undefined {
    return this.#shards.get(shard);
  }

  get driver(): ShardDriver {
    return must(this.#driver, `log ${this.logId}: driver before open`);
  }

  get isWritable(): boolean {
    return this.#producer?.status.state === LOG_OPEN;
  }

  get durablePosition(): number {
    return this.#producer?.durablePosition() ?? 0;
  }

  /** Restores series and replays the log; afterwards its shards serve reads and take appends. */
  async open(disk: Disk): Promise<LogRecovery> {
    const { channel, shards, sendReply, identity, shardFaulted, unsafeAckEarly } = this.#options;
    let port: ProducerLogPort | null = null;
    const driver = new ShardDriver({
      log: {
        append: (...record) => must(port, "log port").append(...record),
        freeBytes: () => must(port, "log port").freeBytes(),
      },
      sendReply,
      shardFaulted,
      unsafeAckEarly,
    });
    this.#driver = driver;
    for (const shard of shards) await this.#openShard(disk, driver, shard);
    const { checksum } = this.#options;
    const replay = (record: LogRecord, { segmentId }: LogPlace): void => {
      this.#replay(driver, record, segmentId);
    };
    const recovery = await replayLog(disk, identity, replay, { checksum });
    const chains = new Map([...recovery.shards].map(([shard, { chain }]) => [shard, chain]));
    this.#producer = new LogProducer(channel, chains, checksum);
    port = new ProducerLogPort(this.#producer, channel);
    this.#port = port;
    driver.deliverToAll({ kind: "activate" });
    this.#compare(recovery);
    return recovery;
  }

  /** Shards with records that are neither in blocks nor in the log any more. */
  get incomplete(): readonly ShardId[] {
    return this.#incomplete;
  }

  /** From now on records may come; `nowMs` is trusted. */
  start(nowMs: number): void {
    const { status } = must(this.#producer, `log ${this.logId}: start before open`);
    for (const shard of this.hosted) {
      shard.noteOpen(status.segmentId, nowMs);
      for (const generation of shard.closed) this.#cuts.push({ shard, generation, position: 0 });
    }
  }

  /** Ends the head generation of a shard, to be flushed when that is durable. */
  cut(shard: HostedShard, nowMs: number): boolean {
    const { status } = must(this.#producer, `log ${this.logId}: cut before open`);
    const position = this.driver.deliverCut(shard.shard);
    if (position < 0) return false;
    shard.noteCut(status.segmentId, nowMs);
    this.#cuts.push({ shard, generation: shard.newestClosed, position });
    return true;
  }

  /** Records that blocks do not have. */
  get unflushedCount(): number {
    return this.hosted.reduce((sum, shard) => sum + shard.unflushedCount, 0);
  }

  /**
   * Notes in the log which version the manifest of each shard has, when that has changed or is only
   * in an older segment. The versions are durable already.
   */
  witness(): void {
    const { epoch: life, keeper } = this.#options;
    if (keeper() === null || !this.isWritable) return;
    const { segmentId } = must(this.#producer, `log ${this.logId}: witness before open`).status;
    const states = this.hosted
      .filter(({ isFaulted }) => !isFaulted)
      .flatMap(({ shard, manifest }) => (manifest === null ? [] : [[shard, manifest] as const]));
    const before = this.#witness;
    const isKnown = states.every(([shard, { version }]) => before?.versions.get(shard) === version);
    if (isKnown && before?.segmentId === segmentId) return;
    const port = must(this.#port, "log port");
    const payload = encodeWitnesses(new Map(states));
    if (port.freeBytes() < payload.length + WITNESS_ROOM_BYTES) return;
    const record = { type: RECORD_MANIFESTS, flags: 0, count: states.length, payload };
    const position = port.append(LOG_SHARD as ShardId, epoch(life), seq(0), record);
    const versions = new Map(states.map(([shard, { version }]) => [shard, version]));
    this.#witness = { versions, position, segmentId };
  }

  /** Segments before this one hold nothing that is not in blocks; 0 when that is not known. */
  neededSegment(): number {
    if (this.#keepsAll || !this.#hasOpened) return 0;
    // Read first: what is logged later is in this segment or behind it.
    const present = must(this.#producer, "log producer").status.segmentId;
    const needed = this.hosted.map((shard) => shard.neededSegment(present));
    return Math.min(present, this.#witnessSegment, ...needed);
  }

  /** Hands durable positions to the driver, until `close` or until the log thread has given up. */
  async follow(moved: () => void): Promise<void> {
    const producer = must(this.#producer, `log ${this.logId}: follow before open`);
    while (this.advance()) {
      moved();
      if (this.#isClosed) return;
      await producer.cursor.waitAsync(this.#position + 1, STALL_MS);
    }
    moved();
  }

  /** Takes note of what has become durable; false when nothing ever will again. */
  advance(): boolean {
    const producer = must(this.#producer, `log ${this.logId}: advance before open`);
    // Asked first: a position read after the end is the last one.
    const hasGivenUp = producer.cursor.failed;
    const position = producer.durablePosition();
    this.#position = position;
    this.driver.durableTo(position);
    if (hasGivenUp) this.driver.failWaiting();
    const witness = this.#witness;
    if (witness !== null && witness.position <= position) this.#witnessSegment = witness.segmentId;
    this.#flushTo(position);
    return !hasGivenUp;
  }

  /** Tells the shards whenever the log becomes writable or stops being so, until `close`. */
  async watchState(changed: () => void): Promise<void> {
    const { status } = must(this.#producer, `log ${this.logId}: watch before open`);
    while (!this.#isClosed) {
      const { state } = status;
      if (this.noteState()) changed();
      await status.whenChanged(state, STALL_MS);
    }
  }

  /** True when the log became writable, or stopped being so. */
  noteState(): boolean {
    const { state } = must(this.#producer, `log ${this.logId}: state before open`).status;
    const isOpen = state === LOG_OPEN;
    // What recovery read is durable from here on: cuts among it may be flushed.
    if (isOpen) this.#hasOpened = true;
    // Activated shards serve as if the log were open; until it really is they must refuse, because
    // a retry answered as a no-op would rest on records that no sync covers yet.
    if (isOpen === this.#wasOpen) return false;
    this.#wasOpen = isOpen;
    this.driver.deliverToAll(
      isOpen ? { kind: "log-resumed" } : { kind: "log-failed", reason: `log state ${state}` },
    );
    return true;
  }

  /** Errors: `storage.shard-unavailable` naming the shards that cannot be read. */
  checkReadable(): void {
    const faulted = this.driver.faultedShards;
    if (faulted.length === 0) return;
    const shards = faulted.join(", ");
    throw new EngineError(SHARD_UNAVAILABLE, `cannot read shards ${shards}: they failed`);
  }

  /** Of shards that are readable. */
  readViews(): ShardView[] {
    return this.hosted.filter((shard) => !shard.isFaulted).map((shard) => shard.openView());
  }

  labelCounts(tenant: TenantId): LabelCountsCursor[] {
    return this.hosted.map(({ store }) => store.labelCounts(tenant));
  }

  /** Errors as for `checkReadable`. */
  readableStores(): readonly ShardStore[] {
    this.checkReadable();
    return this.hosted.map(({ store }) => store);
  }

  stats(): readonly ShardStoreStats[] {
    return this.hosted.map(({ store }) => store.stats());
  }

  /** Nothing is appended after this; the log thread ends when the rest is on disk. */
  close(): void {
    this.#isClosed = true;
    this.#producer?.close();
  }

  async #openShard(disk: Disk, driver: ShardDriver, shard: ShardId): Promise<void> {
    const { createStore, identity } = this.#options;
    const keeper = this.#options.keeper();
    const store = createStore();
    try {
      const blocks = keeper === null ? null : await keeper.open(shard);
      const flushedSeq = blocks?.state.flushedSeq ?? seq(0);
      const owner = { clusterUuid: identity.clusterUuid, shard };
      if (blocks !== null) {
        await loadSeriesLog(disk, owner, flushedSeq, (draft) => {
          store.restore(draft);
          if (draft.type === RECORD_CUT) this.#restored.set(shard, seqOfCut(draft.payload));
        });
      }
      driver.deliver(shard, { kind: "open", epoch: epoch(this.#options.epoch), store, flushedSeq });
      const newestSeq = (): number => {
        const state = driver.state(shard);
        return "seq" in state ? state.seq : Infinity;
      };
      const isFaulted = (): boolean => driver.state(shard).kind === "faulted";
      const hosted = new HostedShard({ shard, store, blocks, newestSeq, isFaulted });
      this.#shards.set(shard, hosted);
    } catch (error) {
      if (!isErrorOf(error, CORRUPTION)) throw error;
      this.#keepsAll = true;
      this.#giveUp(shard, error);
    }
  }

  /**
   * Of each shard the log begins at latest behind what its manifest calls flushed, and the two reach
   * the newest cut of the series log, which is written last. A shard that does not reach it has lost
   * manifest or log: it would number records a second time.
   */
  #compare(recovery: LogRecovery): void {
    for (const hosted of this.hosted) {
      const { shard, flushedSeq, newestSeq, manifest } = hosted;
      const loss = manifest && manifestLoss(manifest, recovery.manifests.get(shard));
      const isAccepted = this.#options.acceptLoss?.includes(shard) === true;
      if (loss !== null && isAccepted) {
        this.#incomplete.push(shard);
        continue;
      }
      if (loss !== null) {
        this.#keepsAll = true;
        const cause = `its manifest was lost or rolled back: ${loss} as the log has`;
        this.#giveUp(shard, new EngineError(CORRUPTION, `cannot open shard ${shard}: ${cause}`));
        this.#options.keeper()?.disagrees(shard);
        continue;
      }
      const restoredSeq = this.#restored.get(shard) ?? 0;
      if (newestSeq < restoredSeq) {
        const got = `got records up to ${newestSeq}, want ${restoredSeq} as the series log has`;
        this.#keepsAll = true;
        this.#giveUp(shard, new EngineError(CORRUPTION, `cannot open shard ${shard}: ${got}`));
        this.#options.keeper()?.disagrees(shard);
        continue;
      }
      const firstSeq = recovery.shards.get(shard)?.firstSeq;
      if (firstSeq === undefined) continue;
      if (firstSeq > flushedSeq + 1) this.#incomplete.push(shard);
      else if (!hosted.isFaulted) this.#options.keeper()?.agrees(shard);
    }
  }

  #giveUp(shard: ShardId, error: unknown): void {
    this.#options.shardFaulted(shard, error);
    this.driver.deliver(shard, { kind: "fault", reason: String(error) });
  }

  #replay(driver: ShardDriver, record: LogRecord, segment: number): void {
    const { shard } = record;
    try {
      driver.deliver(shard, { kind: "replay", record });
    } catch (error) {
      if (!isErrorOf(error, CORRUPTION)) throw error;
      // Records before it are lost: what is left of the shard makes no sense without them.
      this.#giveUp(shard, error);
    }
    this.#shards.get(shard)?.noteReplayed(record, segment);
  }

  #flushTo(position: number): void {
    if (!this.#hasOpened) return;
    const keeper = this.#options.keeper();
    for (let cut = this.#cuts[0]; cut !== undefined; cut = this.#cuts[0]) {
      if (cut.position > position) return;
      this.#cuts.shift();
      const { shard, generation } = cut;
      const liveSeries = shard.store.stats().seriesCount;
      keeper?.flush({ shard: shard.shard, generation, liveSeries });
    }
  }
}
