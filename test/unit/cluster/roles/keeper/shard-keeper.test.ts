/** Deletions of one shard: what they hide, when they may begin to, and what a merge beside them may do. */
import { expect, test } from "vitest";
import { AssertionError } from "#base/assert.ts";
import { ShardKeeper } from "#cluster/roles/keeper/shard-keeper.ts";
import { labelsOf } from "#model/labels.ts";
import type { Matcher } from "#model/matcher.ts";
import { epoch, seq, shardId, tenantId } from "#model/refs.ts";
import { DiskModel } from "#test/sim/disk-model.ts";
import { SimLogger } from "#test/sim/sim-logger.ts";
import { WalDisk } from "#test/sim/wal-disk.ts";
import { bitsOf, buildBatch } from "#test/support/batch-builder.ts";
import { openHeadStore } from "#test/support/head-stores.ts";
import { plainPageTools } from "#test/support/plain-pages.ts";
import { BlockReaders } from "#tsdb/block/block-readers.ts";
import { TIER_RAW } from "#tsdb/block/tier.ts";
import type { CompactionTask } from "#tsdb/compaction/compaction-plan.ts";
import type { Tombstone } from "#tsdb/tombstone/tombstone.ts";

const tenant = tenantId(0);
const HOUR_MS = 3_600_000;
const owner = { clusterUuid: new Uint8Array(16), shard: shardId(0) };
const m1: Matcher = { kind: "=", name: "__name__", value: "m1" };

class Rig {
  readonly model: DiskModel;
  readonly logger = new SimLogger(() => 0);
  readonly store = openHeadStore();
  readonly readers: BlockReaders;
  /** Run once, before the next change that upkeep makes to the disk. */
  beside: (() => Promise<void>) | null = null;
  keeper!: ShardKeeper;

  private constructor(model: DiskModel) {
    this.model = model;
    const tools = plainPageTools();
    const { clusterUuid } = owner;
    this.readers = new BlockReaders({ disk: new WalDisk(this.model), clusterUuid, tools });
  }

  static async open(model: DiskModel = new DiskModel()): Promise<Rig> {
    const rig = new Rig(model);
    const beforeChange = async (): Promise<void> => {
      const { beside } = rig;
      rig.beside = null;
      await beside?.();
    };
    rig.keeper = await ShardKeeper.open({
      owner,
      epoch: epoch(1),
      disk: new WalDisk(rig.model),
      patientDisk: new WalDisk(rig.model, { beforeChange }),
      readers: rig.readers,
      tools: plainPageTools(),
      logger: rig.logger,
      oldestPinnedElsewhere: () => Infinity,
      install: async () => {},
      onQuarantine: () => {},
    });
    return rig;
  }

  /** Ten samples of each of three series, as a block. */
  async flush(startMs: number): Promise<void> {
    const rows = Array.from({ length: 30 }, (_, i) => ({
      series: labelsOf([["__name__", `m${i % 3}`]]),
      timestampMs: startMs + 1000 * Math.floor(i / 3),
      bits: bitsOf(i),
    }));
    this.store.append(buildBatch(tenant, 1, rows), { trustedNowMs: 1e12 });
    this.store.cut();
    const generation = this.store.closedGenerations()[0]!;
    const { number } = generation;
    const records = (which: "new" | "all") => {
      const cursor = this.store.seriesRecords(number, which);
      return { next: async () => cursor.next() };
    };
    const cursor = this.store.readGeneration(number);
    await this.keeper.flush({
      generation,
      liveSeries: this.store.stats().seriesCount,
      records,
      samples: () => ({ next: async () => cursor.next() }),
    });
    this.store.releaseGeneration(number);
  }

  get task(): CompactionTask {
    const sources = [...this.keeper.state.blocks.values()];
    const range = { rangeStartMs: 0, rangeEndMs: 2 * HOUR_MS };
    return { tier: TIER_RAW, ...range, sources, isMerge: true, makesTiers: [], replaces: [] };
  }

  /** Samples that a reader of all blocks sees. */
  get sampleCount(): number {
    return [...this.keeper.state.blocks.values()].reduce((sum, one) => sum + one.sampleCount, 0);
  }

  get files(): number {
    return this.model.list("shards/00000/blocks").length;
  }
}

function deletion(at: number): Tombstone {
  return { seq: seq(at), tenant, matchers: [m1], minMs: 0, maxMs: HOUR_MS };
}

test("a merge beside which something was deleted is void", async () => {
  const rig = await Rig.open();
  await rig.flush(0);
  const { flushedSeq } = rig.keeper.state;
  await rig.flush(100_000);
  rig.beside = () => rig.keeper.delete(deletion(flushedSeq));
  // It would make a block that is newer than the deletion, with what it hides inside.
  expect(await rig.keeper.upkeep({ kind: "merge", task: rig.task })).toBe(false);
  expect(rig.keeper.state.tombstones).toHaveLength(1);
  expect(rig.keeper.state.blocks.size).toBe(2);
  expect(rig.files).toBe(2);
  expect(await rig.keeper.upkeep({ kind: "merge", task: rig.task })).toBe(true);
  expect(rig.sampleCount).toBe(50);
});

test("cleaning leaves nothing of what was deleted, and no tombstone", async () => {
  const rig = await Rig.open();
  await rig.flush(0);
  await rig.keeper.delete(deletion(rig.keeper.state.flushedSeq));
  await rig.flush(100_000);
  expect(rig.sampleCount).toBe(60);
  await rig.keeper.clean();
  expect(rig.sampleCount).toBe(50);
  expect(rig.keeper.state.tombstones).toEqual([]);
  expect(rig.files).toBe(2);
});

test("a deletion waits for the flush of its record, and concerns who has such series", async () => {
  const rig = await Rig.open();
  await rig.flush(0);
  const early = rig.keeper.delete(deletion(rig.keeper.state.flushedSeq + 1));
  await expect(early).rejects.toThrow(AssertionError);
  const request = { tenant, matchers: [m1], minMs: 0, maxMs: HOUR_MS };
  expect(await rig.keeper.holds(request)).toBe(true);
  expect(await rig.keeper.holds({ ...request, minMs: HOUR_MS })).toBe(false);
  expect(await rig.keeper.holds({ ...request, tenant: tenantId(1) })).toBe(false);
});

test("a manifest that was read from its second copies is told of", async () => {
  const rig = await Rig.open();
  await rig.flush(0);
  const folder = "shards/00000/manifest";
  const path = `${folder}/${rig.model.list(folder)[0]!}`;
  const bytes = rig.model.liveSnapshot().get(path)!.slice();
  // Inside the first copy of the header.
  bytes[20]! ^= 1;
  const again = await Rig.open(DiskModel.from(new Map(rig.model.liveSnapshot()).set(path, bytes)));
  expect(again.keeper.state).toEqual(rig.keeper.state);
  expect(again.logger.lines.join()).toContain(
    "warn manifest records came from their copies shard=0",
  );
  expect(rig.logger.lines.join()).not.toContain("copies");
});
