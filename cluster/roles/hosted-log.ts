/**
 * One log with the shards that write to it, inside a shard worker: recovered first, then driven.
 * A worker hosts one, or several when it runs with fewer workers than its data folder was made for.
 */
import { must } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { ShardDriver } from "#cluster/shard/shard-driver.ts";
import { epoch } from "#model/refs.ts";
import type { ShardId } from "#model/refs.ts";
import type { ShardView } from "#query/fanout/shard-view.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import type { AppendReply } from "#storage/append-reply.ts";
import { SHARD_UNAVAILABLE } from "#storage/storage-errors.ts";
import type { ShardStore, ShardStoreStats } from "#storage/shard-store.ts";
import type { LogChannel } from "#tsdb/wal/log-channel.ts";
import { LogProducer } from "#tsdb/wal/log-producer.ts";
import { replayLog } from "#tsdb/wal/log-reader.ts";
import type { LogRecovery } from "#tsdb/wal/log-recovery.ts";
import { LOG_OPEN } from "#tsdb/wal/log-status.ts";
import type { LogIdentity } from "#tsdb/wal/segment-format.ts";
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
}

/** How often a log is looked at even though nothing woke us: a bound on any missed wake-up. */
const STALL_MS = 1000;

export class HostedLog {
  readonly #options: HostedLogOptions;
  readonly #stores = new Map<ShardId, ShardStore>();
  #driver: ShardDriver | null = null;
  #producer: LogProducer | null = null;
  #isClosed = false;

  constructor(options: HostedLogOptions) {
    this.#options = options;
  }

  get logId(): number {
    return this.#options.identity.logId;
  }

  get shards(): readonly ShardId[] {
    return this.#options.shards;
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

  /** Replays the log into fresh stores; afterwards its shards serve reads and take appends. */
  async open(disk: Disk): Promise<LogRecovery> {
    const { channel, shards, createStore, sendReply, identity } = this.#options;
    const { shardFaulted, unsafeAckEarly } = this.#options;
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
    for (const shard of shards) {
      const store = createStore();
      this.#stores.set(shard, store);
      driver.deliver(shard, { kind: "open", epoch: epoch(this.#options.epoch), store });
    }
    const recovery = await replayLog(disk, identity, (record) => {
      driver.deliver(record.shard, { kind: "replay", record });
    });
    const chains = new Map([...recovery.shards].map(([shard, { chain }]) => [shard, chain]));
    this.#producer = new LogProducer(channel, chains);
    port = new ProducerLogPort(this.#producer, channel);
    this.#driver = driver;
    driver.deliverToAll({ kind: "activate" });
    return recovery;
  }

  /** Hands durable positions to the driver, until `close` or until the log thread has given up. */
  async follow(moved: () => void): Promise<void> {
    const producer = must(this.#producer, `log ${this.logId}: follow before open`);
    for (;;) {
      // Asked first: a position read after the end is the last one.
      const hasGivenUp = producer.cursor.failed;
      const position = producer.durablePosition();
      this.driver.durableTo(position);
      if (hasGivenUp) this.driver.failWaiting();
      moved();
      if (this.#isClosed || hasGivenUp) return;
      await producer.cursor.waitAsync(position + 1, STALL_MS);
    }
  }

  /** Tells the shards whenever the log becomes writable or stops being so, until `close`. */
  async watchState(changed: () => void): Promise<void> {
    const { status } = must(this.#producer, `log ${this.logId}: watch before open`);
    // Activated shards serve as if the log were open; until it really is they must refuse, because
    // a retry answered as a no-op would rest on records that no sync covers yet.
    let wasOpen = true;
    while (!this.#isClosed) {
      const { state } = status;
      const isOpen = state === LOG_OPEN;
      if (isOpen !== wasOpen) {
        wasOpen = isOpen;
        this.driver.deliverToAll(
          isOpen ? { kind: "log-resumed" } : { kind: "log-failed", reason: `log state ${state}` },
        );
        changed();
      }
      await status.whenChanged(state, STALL_MS);
    }
  }

  /** Errors: `storage.shard-unavailable` naming the shards that cannot be read. */
  readViews(): ShardView[] {
    const faulted = this.driver.faultedShards;
    if (faulted.length > 0) {
      const shards = faulted.join(", ");
      throw new EngineError(SHARD_UNAVAILABLE, `cannot read shards ${shards}: they failed`);
    }
    return [...this.#stores].map(([shard, store]) => {
      return { shard, view: store.readView(), blocks: null };
    });
  }

  stats(): readonly ShardStoreStats[] {
    return [...this.#stores.values()].map((store) => store.stats());
  }

  /** Nothing is appended after this; the log thread ends when the rest is on disk. */
  close(): void {
    this.#isClosed = true;
    this.#producer?.close();
  }
}
