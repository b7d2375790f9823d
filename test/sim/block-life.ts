/**
 * A shard's blocks through lives of flushes, merges, deletions and rewrites on the disk model, with
 * what every version of the manifest must hold. A load may find the newest version or the one that
 * was being committed; its blocks hold exactly the samples of that version.
 */
import { deepStrictEqual } from "node:assert/strict";
import { assert } from "#base/assert.ts";
import { epoch, seq, tenantId } from "#model/refs.ts";
import type { SeededRandom } from "#runtime/seeded-random.ts";
import {
  bitsOf,
  BlockRig,
  expectedOf,
  HOUR_MS,
  owner,
  plainOf,
  type PlainSeries,
} from "#test/support/block-rig.ts";
import type { BlockReader } from "#tsdb/block/block-reader.ts";
import { BlockReaders } from "#tsdb/block/block-readers.ts";
import { SeriesMerger } from "#tsdb/block/series-merger.ts";
import { TombstoneFilter } from "#tsdb/block/tombstone-filter.ts";
import type { CompactionContext } from "#tsdb/compaction/compaction-job.ts";
import type { CompactionTask } from "#tsdb/compaction/compaction-plan.ts";
import { rewriteBlock } from "#tsdb/compaction/rewrite-block.ts";
import { runCompaction } from "#tsdb/compaction/run-compaction.ts";
import { blocksToClean, finishedTombstones } from "#tsdb/compaction/tombstone-plan.ts";
import { blockEntryOf, blockKeyOf, compareWritten } from "#tsdb/manifest/block-entry.ts";
import { BlockSet } from "#tsdb/manifest/block-set.ts";
import type { ManifestState } from "#tsdb/manifest/manifest-state.ts";
import { Manifest } from "#tsdb/manifest/manifest.ts";
import { TombstoneTest, tombstonesOf } from "#tsdb/tombstone/tombstone-test.ts";
import type { DiskModel } from "./disk-model.ts";
import { SimLogger } from "./sim-logger.ts";
import { between, chance } from "./sim-random.ts";
import { unsyncedDisk } from "./unsynced-disk.ts";
import type { WalDiskHooks } from "./wal-disk.ts";

const one = epoch(1);
const logger = new SimLogger(() => 0);
const metrics = ["up", "load", "temp"];

/** What each version that may be found holds. */
export type Contents = ReadonlyMap<number, readonly PlainSeries[]>;

/** The samples of a version, read as a query would. */
async function contentOf(rig: BlockRig, state: ManifestState): Promise<PlainSeries[]> {
  const readers: BlockReader[] = [];
  const blocks = [...state.blocks.values()].filter(({ tier }) => tier === 0).sort(compareWritten);
  const sources = [];
  for (const block of blocks) {
    const reader = await rig.open(block.blockId, block.footerCrc);
    readers.push(reader);
    const cursor = await reader.readAll({ minMs: -Infinity, maxMs: Infinity });
    sources.push(
      new TombstoneFilter(cursor, new TombstoneTest(tombstonesOf(block, state.tombstones))),
    );
  }
  const content = await plainOf(new SeriesMerger(sources));
  for (const reader of readers) await reader.close();
  return content;
}

export async function checkBlockLife(model: DiskModel, allowed: Contents): Promise<ManifestState> {
  const rig = new BlockRig({ model });
  const { disk } = rig;
  const manifest = await Manifest.open({ disk, owner });
  const set = await BlockSet.open({ disk, owner, manifest, logger });
  deepStrictEqual(set.missing, []);
  const { state } = manifest;
  const versions = [...allowed.keys()].join(", ");
  assert(allowed.has(state.version), `got version ${state.version}, want ${versions}`);
  deepStrictEqual(await contentOf(rig, state), allowed.get(state.version));
  return state;
}

/** Every metric, at some of the times of the first four hours. */
function someSeries(random: SeededRandom): PlainSeries[] {
  return metrics.map((name) => ({
    labels: { __name__: name, job: "a" },
    samples: Array.from({ length: 24 }, (_, i): [number, bigint] => [
      i * 600_000,
      bitsOf(between(random, 0, 100)),
    ]).filter((_, i) => i === 0 || chance(random, 0.3)),
  }));
}

export class BlockLife {
  readonly rig: BlockRig;
  readonly #random: SeededRandom;
  readonly #readers: BlockReaders;
  readonly #disk: BlockRig["disk"];
  #set!: BlockSet;
  /** What a crash may leave right now. */
  allowed: Map<number, readonly PlainSeries[]>;

  constructor(
    model: DiskModel,
    allowed: Contents,
    random: SeededRandom,
    atMoment: (allowed: Contents) => Promise<void>,
    hooks: WalDiskHooks,
    isSyncing: boolean,
  ) {
    const beforeChange = (): Promise<void> => atMoment(new Map(this.allowed));
    this.rig = new BlockRig({ model, hooks: { ...hooks, beforeChange } });
    this.#disk = isSyncing ? this.rig.disk : (unsyncedDisk(this.rig.disk) as BlockRig["disk"]);
    this.allowed = new Map(allowed);
    this.#random = random;
    const { clusterUuid } = owner;
    this.#readers = new BlockReaders({ disk: this.#disk, clusterUuid, tools: this.rig.tools });
  }

  async run(steps: number): Promise<void> {
    const disk = this.#disk;
    const manifest = await Manifest.open({ disk, owner });
    this.#set = await BlockSet.open({ disk, owner, manifest, logger });
    await manifest.confirm();
    this.#settle();
    await this.#set.discardUnlisted(async () => true);
    for (let step = 0; step < steps; step++) {
      const choice = this.#set.state.blocks.size < 2 ? 0 : between(this.#random, 0, 5);
      if (choice <= 1) await this.#flush();
      else if (choice <= 3) await this.#merge();
      else if (choice === 4) await this.#delete();
      else await this.#clean();
      await this.#set.sweep();
    }
    await manifest.close();
    await this.#readers.close();
  }

  /** From here on only the present version is possible. */
  #settle(): void {
    const { version } = this.#set.state;
    this.allowed = new Map([[version, this.allowed.get(version)!]]);
  }

  get #content(): readonly PlainSeries[] {
    return this.allowed.get(this.#set.state.version)!;
  }

  /** `content` is what the next version holds. */
  #announce(content: readonly PlainSeries[]): void {
    this.allowed.set(this.#set.state.version + 1, content);
  }

  async #flush(): Promise<void> {
    const series = someSeries(this.#random);
    const first = this.#set.state.flushedSeq + 1;
    const blockId = this.#set.takeBlockId();
    const written = await this.rig.write(series, {
      disk: this.#disk,
      blockId,
      rangeStartMs: 0,
      rangeEndMs: 4 * HOUR_MS,
      firstSeq: seq(first),
      lastSeq: seq(first + 9),
      writeBytes: 1024,
    });
    this.#announce(expectedOf(joined(this.#content, series)));
    const entry = blockEntryOf(written!, owner.shard, seq(0));
    await this.#set.commit({ epoch: one, addBlocks: [entry], flushedSeq: seq(first + 9) });
    this.#settle();
  }

  async #merge(): Promise<void> {
    const raw = [...this.#set.state.blocks.values()].filter(({ tier }) => tier === 0);
    if (raw.length === 0) return;
    const old = [...this.#set.state.blocks.values()].filter(({ tier }) => tier === 1);
    const task: CompactionTask = {
      tier: 0,
      rangeStartMs: 0,
      rangeEndMs: 4 * HOUR_MS,
      sources: raw.sort(compareWritten),
      isMerge: true,
      makesTiers: [1],
      replaces: old.map(blockKeyOf),
    };
    const result = await runCompaction(task, this.#context());
    this.#announce(this.#content);
    await this.#set.replace(one, result.addBlocks, result.removeBlocks);
    this.#settle();
  }

  async #delete(): Promise<void> {
    const name = metrics[between(this.#random, 0, 2)]!;
    const minMs = between(this.#random, 0, 4 * HOUR_MS);
    const maxMs = minMs + HOUR_MS;
    const at = this.#set.state.flushedSeq + 1;
    const tombstone = {
      seq: seq(at),
      tenant: tenantId(0),
      minMs,
      maxMs,
      matchers: [{ name: "__name__", kind: "=" as const, value: name }],
    };
    this.#announce(
      this.#content
        .map((series) => ({
          ...series,
          samples: series.samples.filter(
            ([time]) => series.labels["__name__"] !== name || time < minMs || time > maxMs,
          ),
        }))
        .filter(({ samples }) => samples.length > 0),
    );
    await this.#set.commit({ epoch: one, addTombstones: [tombstone], flushedSeq: seq(at) });
    this.#settle();
  }

  async #clean(): Promise<void> {
    for (const block of blocksToClean(this.#set.state)) {
      const result = await rewriteBlock(block, this.#context(), null);
      this.#announce(this.#content);
      await this.#set.replace(one, result.addBlocks, result.removeBlocks);
      this.#settle();
    }
    const removeTombstones = finishedTombstones(this.#set.state);
    this.#announce(this.#content);
    await this.#set.commit({ epoch: one, removeTombstones });
    deepStrictEqual(this.#set.state.tombstones, []);
    this.#settle();
  }

  #context(): CompactionContext {
    return {
      disk: this.#disk,
      owner,
      tools: this.rig.tools,
      readers: this.#readers,
      tombstones: this.#set.state.tombstones,
      takeBlockId: () => this.#set.takeBlockId(),
    };
  }
}

/** Earlier samples win. */
function joined(older: readonly PlainSeries[], newer: readonly PlainSeries[]): PlainSeries[] {
  return metrics
    .map((name): PlainSeries => {
      const samples = new Map<number, bigint>();
      for (const { labels, samples: rows } of [...newer, ...older]) {
        if (labels["__name__"] !== name) continue;
        for (const [at, bits] of rows) samples.set(at, bits);
      }
      const sorted = [...samples].sort(([a], [b]) => a - b);
      return { labels: { __name__: name, job: "a" }, samples: sorted };
    })
    .filter(({ samples }) => samples.length > 0);
}
