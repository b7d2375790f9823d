/**
 * A keeper with one shard on a simulated disk, its shard worker at the other end of a link.
 * Covers: cluster/roles/keeper/, cluster/roles/hosted-shard.ts
 */
import { expect, test } from "vitest";
import { FLUSH_STUCK_MS, HostedShard } from "#cluster/roles/hosted-shard.ts";
import type { FeedContract } from "#cluster/roles/keeper/feed-contract.ts";
import { hostFeed } from "#cluster/roles/keeper/feed-host.ts";
import { InstalledBlocks } from "#cluster/roles/keeper/installed-blocks.ts";
import {
  allocateKeeperCounters,
  collectKeeperCounters,
  KeeperCounters,
} from "#cluster/roles/keeper/keeper-counters.ts";
import { Keeper } from "#cluster/roles/keeper/keeper.ts";
import { labelsOf } from "#model/labels.ts";
import { shardId, tenantId } from "#model/refs.ts";
import { nextTurn } from "#runtime/node/next-turn.ts";
import { WorkerClient } from "#runtime/worker/worker-client.ts";
import { DiskModel } from "#test/sim/disk-model.ts";
import { SimLogger } from "#test/sim/sim-logger.ts";
import { WalDisk } from "#test/sim/wal-disk.ts";
import { bitsOf, buildBatch } from "#test/support/batch-builder.ts";
import { openHeadStore } from "#test/support/head-stores.ts";
import { linkedPair } from "#test/support/linked-pair.ts";
import { plainPageTools } from "#test/support/plain-pages.ts";
import { segmentName } from "#tsdb/wal/segment-format.ts";

const T = tenantId(0);
const SHARD = shardId(0);
const DAY_MS = 86_400_000;
const clusterUuid = new Uint8Array(16).fill(0x5c);

class KeeperRig {
  readonly model = new DiskModel();
  readonly oldestInUse = new Float64Array(1);
  readonly logger = new SimLogger(() => 0);
  readonly store = openHeadStore();
  readonly failures: unknown[] = [];
  readonly #counters = allocateKeeperCounters(1);
  readonly #timers: { atMs: number; fire: () => void }[] = [];
  isFailing = false;
  nowMs = 0;
  #seq = 0;
  #blocks: InstalledBlocks | null = null;
  hosted!: HostedShard;
  keeper!: Keeper;

  static async open(retentionBytesMax = Infinity): Promise<KeeperRig> {
    const rig = new KeeperRig();
    const [atShard, atKeeper] = linkedPair();
    rig.keeper = new Keeper({
      clusterUuid,
      epoch: 1,
      disk: new WalDisk(rig.model, { faultAt: () => (rig.isFailing ? "io" : null) }),
      tools: plainPageTools(),
      upkeep: {
        retention: { rules: [], ages: [7 * DAY_MS, Infinity, Infinity] },
        retentionBytesMax,
        compaction: { retentionMs: [7 * DAY_MS, 0, 0], settleMs: 0 },
      },
      oldestInUse: rig.oldestInUse,
      counters: new KeeperCounters(rig.#counters, 0),
      clock: { wallMs: () => 1e12, monoMs: () => rig.nowMs },
      timers: {
        after: (delayMs, fire) => {
          const timer = { atMs: rig.nowMs + delayMs, fire };
          rig.#timers.push(timer);
          return { cancel: () => rig.#timers.splice(rig.#timers.indexOf(timer) >>> 0, 1) };
        },
      },
      logger: rig.logger,
      nextTurn,
      feed: new WorkerClient<FeedContract>("shard", atKeeper),
      fatal: (error) => rig.failures.push(error),
    });
    const blocks = new InstalledBlocks(SHARD, await rig.keeper.open(SHARD), rig.oldestInUse);
    rig.#blocks = blocks;
    const { store } = rig;
    const facts = { newestSeq: () => rig.#seq, isFaulted: () => false };
    rig.hosted = new HostedShard({ shard: SHARD, store, blocks, ...facts });
    hostFeed(
      atShard,
      () => rig.hosted,
      () => {},
    );
    return rig;
  }

  /** Some samples from `startMs` on, cut and ordered to be flushed. */
  flush(startMs: number): void {
    const rows = Array.from({ length: 30 }, (_, i) => ({
      series: labelsOf([["__name__", `m${i % 3}`]]),
      timestampMs: startMs + 1000 * Math.floor(i / 3),
      bits: bitsOf(i),
    }));
    const { records } = this.store.append(buildBatch(T, 1, rows), { trustedNowMs: 1e12 });
    this.store.cut();
    this.#seq += records.length + 1;
    this.hosted.noteCut(1, 0);
    const generation = this.hosted.newestClosed;
    this.keeper.flush({ shard: SHARD, generation, liveSeries: this.store.stats().seriesCount });
  }

  /** Lets time pass and everything that follows from it. */
  async pass(ms = 0): Promise<void> {
    this.nowMs += ms;
    for (const timer of this.#timers.filter(({ atMs }) => atMs <= this.nowMs)) {
      this.#timers.splice(this.#timers.indexOf(timer), 1);
      timer.fire();
    }
    for (let turn = 0; turn < 100; turn++) await nextTurn();
    expect(this.failures).toEqual([]);
  }

  get blocks(): InstalledBlocks {
    return this.#blocks!;
  }

  get files(): readonly string[] {
    return this.model.list("shards/00000/blocks");
  }

  count(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const family = collectKeeperCounters(this.#counters, ["0"]).find((one) => one.name === name);
    const isMeant = ({ labels: own }: { labels: readonly (readonly [string, string])[] }) =>
      Object.entries(labels).every(([key, value]) =>
        own.some(([ownKey, ownValue]) => ownKey === key && ownValue === value),
      );
    return family!.samples.find(isMeant)!.value;
  }
}

test("an ordered generation becomes a block and leaves the head", async () => {
  const rig = await KeeperRig.open();
  rig.flush(0);
  expect(rig.hosted.closedCount).toBe(1);
  await rig.pass();
  expect(rig.hosted.closedCount).toBe(0);
  expect(rig.store.stats().sampleCount).toBe(0);
  const [block] = [...rig.blocks.state.blocks.values()];
  expect(block).toMatchObject({ sampleCount: 30, seriesCount: 3, minMs: 0, maxMs: 9000 });
  expect(rig.blocks.state.flushedSeq).toBe(3);
  expect(rig.hosted.unflushedCount).toBe(0);
  expect(rig.count("gyre_storage_flushes_total")).toBe(1);
  expect(rig.count("gyre_storage_flushed_samples_total")).toBe(30);
  expect(rig.count("gyre_storage_blocks", { tier: "raw" })).toBe(1);
  expect(rig.count("gyre_storage_block_bytes", { tier: "raw" })).toBe(block?.fileBytes);
});

test("a disk that fails is told of once, and the flush goes on where it stopped", async () => {
  const rig = await KeeperRig.open();
  rig.isFailing = true;
  rig.flush(0);
  await rig.pass();
  rig.flush(1_000_000);
  for (let i = 0; i < 5; i++) await rig.pass(10_000);
  expect(rig.hosted.closedCount).toBe(2);
  expect(rig.count("gyre_storage_flush_failures_total")).toBeGreaterThan(3);
  const errors = (): string[] => rig.logger.lines.filter((line) => line.includes("error"));
  expect(errors().length).toBe(1);
  rig.isFailing = false;
  await rig.pass(120_000);
  await rig.pass(120_000);
  expect(rig.hosted.closedCount).toBe(0);
  expect(rig.blocks.state.blocks.size).toBe(2);
  expect(errors().length).toBe(1);
});

test("blocks of a range are merged, and the files go with their last reader", async () => {
  const rig = await KeeperRig.open();
  for (let i = 0; i < 7; i++) rig.flush(i * 60_000);
  await rig.pass();
  expect([rig.blocks.state.blocks.size, rig.files.length]).toEqual([7, 7]);
  const reader = rig.blocks.pin();
  rig.flush(7 * 60_000);
  await rig.pass();
  expect(rig.count("gyre_storage_merges_total")).toBe(1);
  const [merged] = [...rig.blocks.state.blocks.values()];
  expect([rig.blocks.state.blocks.size, merged?.sampleCount]).toEqual([1, 240]);
  expect(rig.files.length).toBe(9);
  await rig.pass(5000);
  expect(rig.files.length).toBe(9);
  reader?.[Symbol.dispose]();
  await rig.pass(5000);
  expect(rig.files.length).toBe(1);
});

test("what is past its age goes", async () => {
  const rig = await KeeperRig.open();
  rig.flush(0);
  await rig.pass();
  rig.flush(8 * DAY_MS);
  await rig.pass();
  const [left] = [...rig.blocks.state.blocks.values()];
  expect([rig.blocks.state.blocks.size, left?.minMs]).toEqual([1, 8 * DAY_MS]);
  expect(rig.count("gyre_storage_blocks_expired_total")).toBe(1);
});

test("beyond the size that is allowed the oldest go", async () => {
  const plain = await KeeperRig.open();
  plain.flush(0);
  await plain.pass();
  const [block] = [...plain.blocks.state.blocks.values()];
  const rig = await KeeperRig.open(2.5 * block!.fileBytes);
  for (const day of [1, 2, 3]) {
    rig.flush(day * DAY_MS);
    await rig.pass();
  }
  const left = [...rig.blocks.state.blocks.values()].map(({ minMs }) => minMs / DAY_MS);
  expect(left).toEqual([2, 3]);
  expect(rig.count("gyre_storage_blocks_expired_total")).toBe(1);
});

test("a damaged block goes aside, what can be read of it stays", async () => {
  const rig = await KeeperRig.open();
  rig.flush(0);
  rig.flush(DAY_MS);
  await rig.pass();
  const [first, second] = [...rig.blocks.state.blocks.keys()];
  // Behind the header: a page.
  rig.model.open(`shards/00000/blocks/${rig.files[0]}`).write(Uint8Array.of(1, 2, 3, 4), 80);
  // Told twice, it is done once.
  rig.keeper.damaged(SHARD, first!, "page 0 mark");
  rig.keeper.damaged(SHARD, first!, "page 0 mark");
  await rig.pass();
  expect([...rig.blocks.state.blocks.keys()]).toContain(second);
  expect([...rig.blocks.state.blocks.keys()]).not.toContain(first);
  expect(rig.model.list("shards/00000/quarantine")).toEqual(["0000000001.blk"]);
  expect(rig.count("gyre_storage_blocks_quarantined_total")).toBe(1);
  expect(rig.files.length).toBe(rig.blocks.state.blocks.size);
});

test("segments go when they are not needed, also after an error", async () => {
  const rig = await KeeperRig.open();
  rig.model.mkdir("wal/0003");
  for (const id of [1, 2, 3]) rig.model.create(`wal/0003/${segmentName(id)}`);
  rig.isFailing = true;
  rig.keeper.truncate({ logId: 3, beforeSegment: 2, shards: [SHARD] });
  await rig.pass();
  expect(rig.model.list("wal/0003").length).toBe(3);
  rig.isFailing = false;
  rig.keeper.truncate({ logId: 3, beforeSegment: 3, shards: [SHARD] });
  await rig.pass();
  expect(rig.model.list("wal/0003")).toEqual([segmentName(3)]);
  expect(rig.count("gyre_log_segments_dropped_total")).toBe(2);
});

test("a generation begins with its first record, not when the one before ended", async () => {
  const rig = await KeeperRig.open();
  const { hosted, store } = rig;
  hosted.noteOpen(1, 1000);
  expect(hosted.facts(store.stats(), 5000)).toMatchObject({ isEmpty: true, sinceMs: 5000 });
  rig.flush(0);
  await rig.pass();
  expect(hosted.facts(store.stats(), 9000)).toMatchObject({ isEmpty: true, sampleCount: 0 });
  expect(hosted.neededSegment(7)).toBe(7);
});

test("a flush that never works counts as waiting for some time only", async () => {
  const rig = await KeeperRig.open();
  rig.isFailing = true;
  rig.flush(0);
  await rig.pass();
  expect(rig.hosted.waitingCount(1000)).toBe(1);
  expect(rig.hosted.waitingCount(FLUSH_STUCK_MS)).toBe(0);
  expect(rig.hosted.closedCount).toBe(1);
});
