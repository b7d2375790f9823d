/**
 * A keeper node on a clock of its own: cut by the windows of a node with default settings, trusted
 * time and retention as a shard worker and its keeper have them. Virtual time moves when the test
 * says so, in steps in which all work that is due gets done. The wall clock may be stepped.
 */
import { HeadKeeping } from "#cluster/roles/head-keeping.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import type { Random } from "#runtime/ports/random.ts";
import type { PageTools } from "#tsdb/block/page-tools.ts";
import { TIER_AGES_DEFAULT } from "#tsdb/retention/retention-options.ts";
import { TrustedNow } from "#tsdb/trusted-now.ts";
import { allocateLogChannel } from "#tsdb/wal/log-channel.ts";
import { LogLoop } from "#tsdb/wal/log-loop.ts";
import {
  KEEPER_SHARDS,
  KeeperNode,
  keeperIdentity,
  type KeeperHistory,
  type KeeperTime,
} from "./keeper-node.ts";
import type { WalDisk } from "./wal-disk.ts";

const HOUR_MS = 3_600_000;
const HEAD_WINDOW_MS: number = 2 * HOUR_MS;
const SETTLE_MS = HOUR_MS;
/** Commits until everything is durable; a full disk is nothing that happens here. */
const TURNS_MAX = 1000;

export interface TimedNodeOptions {
  readonly disk: WalDisk;
  /** Null where nothing is compared. */
  readonly history: KeeperHistory | null;
  readonly life: number;
  readonly random: Random;
  readonly clock: Clock;
  readonly segmentBytesMax: number;
  readonly ringBytes: number;
  readonly headBytesMax: number;
  readonly tools?: PageTools;
}

export class TimedNode {
  readonly node: KeeperNode;
  readonly #options: TimedNodeOptions;
  readonly #keeping: HeadKeeping;
  #trusted: TrustedNow;
  #loop: LogLoop | null = null;

  constructor(options: TimedNodeOptions) {
    this.#options = options;
    const { clock, ringBytes, disk, history, life, headBytesMax, tools } = options;
    this.#trusted = new TrustedNow(clock, -Infinity);
    const time: KeeperTime = {
      trustedMs: () => this.trustedMs,
      wallMs: () => clock.wallMs(),
      upkeep: {
        retention: { rules: [], ages: TIER_AGES_DEFAULT },
        retentionBytesMax: Infinity,
        compaction: { retentionMs: TIER_AGES_DEFAULT, settleMs: SETTLE_MS },
      },
    };
    const channel = allocateLogChannel(ringBytes);
    this.node = new KeeperNode({
      ...{ disk, history, life, channel, time, headBytesMax },
      ...(tools === undefined ? {} : { tools }),
    });
    this.#keeping = new HeadKeeping({
      logs: [this.node.log],
      windowMs: HEAD_WINDOW_MS,
      headBytesMax,
      nowMs: () => this.trustedMs,
      usedBytes: () => this.node.log.stats().reduce((sum, { usedBytes }) => sum + usedBytes, 0),
      // Truncation is asked for in `work`.
      truncate: () => {},
    });
  }

  get trustedMs(): number {
    return this.#trusted.nowMs();
  }

  async open(): Promise<void> {
    const { disk, clock, random, segmentBytesMax } = this.#options;
    const { resume } = await this.node.open();
    this.#loop = new LogLoop({
      disk,
      clock,
      random,
      identity: keeperIdentity,
      channel: this.node.channel,
      resume,
      segmentBytesMax,
    });
    await this.#loop.start();
    const stats = this.node.log.stats();
    const newestMs = Math.max(-Infinity, ...stats.map(({ maxTimestampMs }) => maxTimestampMs));
    this.#trusted = new TrustedNow(clock, newestMs);
    this.node.log.start(this.trustedMs);
    await this.node.discardUnlisted();
  }

  /** Whatever is due now: commits, cuts, flushes, upkeep of blocks, truncation. */
  async work(): Promise<void> {
    await this.commit();
    this.#keeping.tick();
    this.#keeping.cutDue();
    await this.commit();
    while (this.node.orders.length > 0) await this.node.flush();
    for (const shard of KEEPER_SHARDS) while (await this.node.tidy(shard)) continue;
    await this.node.truncate();
  }

  /** Everything that was sent is durable afterwards. */
  async commit(): Promise<void> {
    for (let turn = 0; turn < TURNS_MAX; turn++) {
      const outcome = await this.#loop!.turn();
      this.node.log.noteState();
      this.node.log.advance();
      if (outcome === "idle") return;
    }
    throw new Error("cannot commit: the log is never idle");
  }
}
