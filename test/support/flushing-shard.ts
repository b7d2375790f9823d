/**
 * A shard with a head and blocks on a simulated disk: cut, flushed, compacted and deleted from by
 * hand, read the way a node reads it. What is unlinked follows the pins of the views.
 */
import type { Matcher } from "#model/matcher.ts";
import { epoch, seq as seqOf, shardId } from "#model/refs.ts";
import type { ShardId, TenantId } from "#model/refs.ts";
import { FanoutQueryable } from "#query/fanout/fanout-queryable.ts";
import type { BlockDamage, SelectContract } from "#query/fanout/select-contract.ts";
import { serveSelections } from "#query/fanout/select-host.ts";
import type { BlocksAt, ShardView } from "#query/fanout/shard-view.ts";
import { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import type { TimeRange } from "#storage/queryable.ts";
import type { AppendOutcome, ShardStore } from "#storage/shard-store.ts";
import { SimLogger } from "#test/sim/sim-logger.ts";
import { BlockReaders } from "#tsdb/block/block-readers.ts";
import type { PageTools } from "#tsdb/block/page-tools.ts";
import type { Tier } from "#tsdb/block/tier.ts";
import type { CompactionTask } from "#tsdb/compaction/compaction-plan.ts";
import { mergeBlocks } from "#tsdb/compaction/merge-blocks.ts";
import { rewriteBlock } from "#tsdb/compaction/rewrite-block.ts";
import { flushGeneration } from "#tsdb/flush/flush-generation.ts";
import { blockEntryOf, blockKeyOf, compareWritten } from "#tsdb/manifest/block-entry.ts";
import { BlockSet } from "#tsdb/manifest/block-set.ts";
import { Manifest } from "#tsdb/manifest/manifest.ts";
import type { ManifestEdit, ManifestState } from "#tsdb/manifest/manifest-state.ts";
import { VersionPins } from "#tsdb/manifest/version-pins.ts";
import { RetentionCut } from "#tsdb/retention/retention-cut.ts";
import type { RetentionOptions } from "#tsdb/retention/retention-options.ts";
import { planRetention, retentionCutoffs, retentionMark } from "#tsdb/retention/retention-plan.ts";
import { BlockSelector } from "#tsdb/select/block-selector.ts";
import { BlockRig } from "./block-rig.ts";
import { openHeadStore } from "./head-stores.ts";
import { linkedPair } from "./linked-pair.ts";

const EPOCH = epoch(1);
/** Nothing is too late for these shards. */
const EVERY_TIME_MS = 1e15;

export class FlushingShard {
  readonly shard: ShardId;
  readonly store: ShardStore = openHeadStore({ outOfOrderWindowMs: EVERY_TIME_MS });
  readonly set: BlockSet;
  readonly rig: BlockRig;
  readonly readers: BlockReaders;
  /** Its worker says that it cannot be read. */
  isFaulted: boolean = false;
  readonly #pins = new VersionPins();
  #installed: ManifestState;

  private constructor(shard: ShardId, rig: BlockRig, set: BlockSet, readers: BlockReaders) {
    this.shard = shard;
    this.rig = rig;
    this.set = set;
    this.readers = readers;
    this.#installed = set.state;
  }

  static async open(tools?: PageTools): Promise<FlushingShard> {
    const rig = new BlockRig(tools === undefined ? {} : { tools });
    const { disk } = rig;
    const owner = { clusterUuid: new Uint8Array(16), shard: shardId(0) };
    const manifest = await Manifest.open({ disk, owner });
    let shard: FlushingShard | null = null;
    const logger = new SimLogger(() => 0);
    const oldestPinnedElsewhere = (): number => shard!.oldestPinned;
    const set = await BlockSet.open({ disk, owner, manifest, logger, oldestPinnedElsewhere });
    const { clusterUuid } = owner;
    const readers = new BlockReaders({ disk, clusterUuid, tools: rig.tools, openBlocksMax: 3 });
    shard = new FlushingShard(owner.shard, rig, set, readers);
    return shard;
  }

  get oldestPinned(): number {
    return Math.min(this.#pins.oldest, this.#installed.version);
  }

  get pinCount(): number {
    return this.#pins.pinCount;
  }

  get state(): ManifestState {
    return this.#installed;
  }

  append(batch: AppendBatch): AppendOutcome {
    return this.store.append(batch, { trustedNowMs: EVERY_TIME_MS });
  }

  cut(): void {
    this.store.cut();
  }

  /** Writes the oldest closed generation as blocks; false when there is none. */
  async flush(): Promise<boolean> {
    const [generation] = this.store.closedGenerations();
    if (generation === undefined) return false;
    const { disk, tools } = this.rig;
    const cursor = this.store.readGeneration(generation.number);
    const { blocks } = await flushGeneration(
      { next: async () => cursor.next() },
      { ...this.#job, disk, tools, epoch: EPOCH, generation },
    );
    const addBlocks = blocks.map((block) => blockEntryOf(block, this.shard, seqOf(0)));
    const flushedSeq = seqOf(generation.lastSeq);
    const state = await this.set.commit({ epoch: EPOCH, addBlocks, flushedSeq });
    // In one step: the samples change sides.
    this.#installed = state;
    this.store.releaseGeneration(generation.number);
    await this.set.sweep();
    return true;
  }

  /** Merges all raw blocks of the aligned range that holds `atMs`. */
  async compact(atMs: number, widthMs: number, makesTiers: readonly Tier[] = []): Promise<boolean> {
    const rangeStartMs = Math.floor(atMs / widthMs) * widthMs;
    const rangeEndMs = rangeStartMs + widthMs;
    const sources = [...this.#installed.blocks.values()]
      .filter(({ tier, rangeStartMs: from, rangeEndMs: to }) => {
        return tier === 0 && from >= rangeStartMs && to <= rangeEndMs;
      })
      .toSorted(compareWritten);
    if (sources.length < (makesTiers.length > 0 ? 1 : 2)) return false;
    const rest = { isMerge: true, makesTiers, replaces: [] };
    const task: CompactionTask = { tier: 0, rangeStartMs, rangeEndMs, sources, ...rest };
    const { disk, tools } = this.rig;
    const { tombstones } = this.#installed;
    const context = { ...this.#job, disk, tools, readers: this.readers, tombstones };
    const { addBlocks, removeBlocks } = await mergeBlocks(task, context);
    return await this.#commit({ epoch: EPOCH, addBlocks, removeBlocks });
  }

  /** Takes out the blocks of a tier that end before a time, as retention does. */
  async expire(tier: Tier, beforeMs: number): Promise<void> {
    const removeBlocks = [...this.#installed.blocks.values()]
      .filter((block) => block.tier === tier && block.rangeEndMs <= beforeMs)
      .map(blockKeyOf);
    await this.#commit({ epoch: EPOCH, removeBlocks });
  }

  /** Takes out what rules of retention do not keep. */
  async retain(options: RetentionOptions, nowMs: number): Promise<void> {
    const clock = { wallMs: nowMs, newestSampleMs: nowMs };
    const { disk, tools } = this.rig;
    const plan = planRetention(this.#installed.blocks.values(), clock, options);
    await this.#commit({ epoch: EPOCH, removeBlocks: plan.expired });
    for (const block of plan.rewrites) {
      const { tombstones } = this.#installed;
      const context = { ...this.#job, disk, tools, readers: this.readers, tombstones };
      const cutoffs = retentionCutoffs(block, nowMs, options);
      const cut = new RetentionCut(options, cutoffs);
      const { addBlocks, removeBlocks } = await rewriteBlock(block, context, {
        cutoffMs: (series) => cut.cutoffMs(series),
        mark: retentionMark(cutoffs, options),
      });
      await this.#commit({ epoch: EPOCH, addBlocks, removeBlocks });
    }
  }

  /** What a request to delete does: cut, flush, then the tombstone. */
  async delete(tenant: TenantId, matchers: readonly Matcher[], range: TimeRange): Promise<void> {
    this.cut();
    const generations = this.store.closedGenerations();
    const seq = seqOf(generations[generations.length - 1]!.lastSeq);
    while (await this.flush()) continue;
    const { minMs, maxMs } = range;
    const tombstone = { seq, tenant, matchers, minMs, maxMs };
    await this.#commit({ epoch: EPOCH, addTombstones: [tombstone] });
  }

  /** Takes a damaged block out, as its owner does when a query met one. */
  async quarantine({ block, cause }: BlockDamage): Promise<void> {
    await this.set.quarantine(block, cause, EPOCH);
    this.#installed = this.set.state;
  }

  view(): ShardView {
    const { shard } = this;
    return { shard, view: this.store.readView(), blocks: this.#pin() };
  }

  #pin(): BlocksAt {
    const state = this.#installed;
    const pin = this.#pins.pin(state.version);
    return { version: state.version, state, [Symbol.dispose]: () => pin[Symbol.dispose]() };
  }

  get #job() {
    const { shard, set } = this;
    const owner = { clusterUuid: new Uint8Array(16), shard };
    return { owner, takeBlockId: () => set.takeBlockId() };
  }

  async #commit(edit: ManifestEdit): Promise<true> {
    this.#installed = await this.set.commit(edit);
    await this.set.sweep();
    return true;
  }
}

export interface FlushingRig {
  readonly queryable: FanoutQueryable;
  /** What readers told of damaged blocks. */
  readonly damages: BlockDamage[];
  /** How often a worker was asked what a version states. */
  readonly stateCalls: () => number;
  /** Ends the links as a query worker that dies would. */
  close(): void;
}

/** Each shard behind a worker of its own; blocks are read by one query worker. */
export function readersOf(...shards: readonly FlushingShard[]): FlushingRig {
  const damages: BlockDamage[] = [];
  let stateCalls = 0;
  const [first] = shards;
  const links = shards.map((shard) => {
    const [near, far] = linkedPair();
    serveSelections(far, {
      views: () =>
        shard.isFaulted
          ? { views: [], failed: [shard.shard] }
          : { views: [shard.view()], failed: [] },
      stores: () => [],
      pause: () => Promise.resolve(),
      clock: { wallMs: () => 0, monoMs: () => 0 },
      shardCount: 1,
      onDamaged: (damage) => damages.push(damage),
      takeSnapshot: async () => {},
      admin: {
        deleteSeries: ({ tenant, matchers, ...range }) => shard.delete(tenant, matchers, range),
        cleanTombstones: async () => {},
      },
    });
    const post = near.post.bind(near);
    near.post = (message, transfer) => {
      if ((message as { name: string }).name === "states") stateCalls++;
      post(message, transfer);
    };
    return near;
  });
  const clients = links.map((link, i) => new WorkerClient<SelectContract>(`worker ${i}`, link));
  const reads = new BlockSelector({
    readers: first!.readers,
    yieldTurn: () => Promise.resolve(),
  });
  return {
    queryable: new FanoutQueryable(clients, reads),
    damages,
    stateCalls: () => stateCalls,
    close: () => {
      for (const link of links) link.close();
    },
  };
}

export function blockKeysOf(shard: FlushingShard): readonly number[] {
  return [...shard.state.blocks.values()].map(blockKeyOf);
}
