/**
 * Carries out a merge of raw blocks: all their samples in one block, tombstones applied, and the
 * tiers that the plan asks for. Digests must balance before the sources are named for removal.
 */
import { U32_MAX } from "#model/refs.ts";
import { EMPTY_DIGEST } from "../block/block-meta.ts";
import type { BlockLease } from "../block/block-readers.ts";
import type { BlockSeries, BlockSeriesSource } from "../block/block-series.ts";
import type { BlockWriter, WrittenBlock } from "../block/block-writer.ts";
import type { BlockDigest } from "../block/page-tools.ts";
import { HistogramList } from "../block/histogram-list.ts";
import { RowColumns } from "../block/row-columns.ts";
import { SeriesMerger } from "../block/series-merger.ts";
import { aggregateSeries } from "../block/tier-aggregate.ts";
import { TierRows } from "../block/tier-rows.ts";
import { TierWriter } from "../block/tier-writer.ts";
import { TIER_RAW, type Tier } from "../block/tier.ts";
import { splitHistograms } from "../block/split-histograms.ts";
import { TombstoneFilter } from "../block/tombstone-filter.ts";
import { blockEntryOf, blockKeyOf, type BlockEntry } from "../manifest/block-entry.ts";
import { TombstoneTest, tombstonesOf } from "../tombstone/tombstone-test.ts";
import { checkCancelled, cleanSeqOf, createRewriteWriter, markOfMerge } from "./compaction-job.ts";
import type { CompactionContext, CompactionResult } from "./compaction-job.ts";
import type { CompactionTask } from "./compaction-plan.ts";
import { DigestBalance } from "./digest-balance.ts";

/** Removes rows of a series that are too old for it; see `retention`. Returns what is left. */
export type SeriesCut = (
  series: BlockSeries,
  onRemoved: (rows: BlockSeries) => void,
) => BlockSeries;

const EVERYTHING = { minMs: -Infinity, maxMs: Infinity };

/** Throws what reading and writing throw; then nothing was written that counts. */
export async function mergeBlocks(
  task: CompactionTask,
  context: CompactionContext,
  cut: SeriesCut | null = null,
): Promise<CompactionResult> {
  await using job = new MergeJob(task, context, cut);
  return await job.run();
}

/** The blocks being written: one raw or none, one per tier. */
interface TierOutput {
  readonly tier: Tier;
  readonly writer: BlockWriter;
  readonly buckets: TierWriter;
  readonly rows: TierRows;
}

class MergeJob implements AsyncDisposable {
  readonly #task: CompactionTask;
  readonly #context: CompactionContext;
  readonly #cut: SeriesCut | null;
  readonly #leases: BlockLease[] = [];
  readonly #writers: BlockWriter[] = [];
  readonly #digest: BlockDigest;
  readonly #balance: DigestBalance;
  #merger: SeriesMerger | null = null;
  /** Of the series at hand. */
  readonly #floats = new RowColumns();
  readonly #histograms = new HistogramList();
  #removed = 0;

  constructor(task: CompactionTask, context: CompactionContext, cut: SeriesCut | null) {
    this.#task = task;
    this.#context = context;
    this.#cut = cut;
    this.#digest = context.tools.lendDigest();
    this.#balance = new DigestBalance(this.#digest);
  }

  async run(): Promise<CompactionResult> {
    const { isMerge, makesTiers, sources, replaces } = this.#task;
    const merger = new SeriesMerger(await this.#openSources(), (dropped) => {
      this.#balance.subtractSeries(dropped);
    });
    this.#merger = merger;
    const raw = isMerge ? await this.#createWriter(TIER_RAW) : null;
    const tiers: TierOutput[] = [];
    for (const tier of makesTiers) tiers.push(await this.#createTier(tier));
    for (let series = await merger.next(); series !== null; series = await merger.next()) {
      checkCancelled(this.#context);
      const left = this.#cut === null ? series : this.#cut(series, (rows) => this.#remove(rows));
      if (left.start === left.end) continue;
      await raw?.add(left);
      if (tiers.length === 0) continue;
      const floats = splitHistograms(left, this.#floats, this.#histograms);
      for (const { tier, buckets, rows } of tiers) {
        aggregateSeries(floats, this.#histograms, tier, rows);
        await buckets.add(left, rows);
      }
    }
    const addBlocks: BlockEntry[] = [];
    const cleanSeq = cleanSeqOf(this.#context);
    for (const writer of this.#writers) {
      const written = await writer.finish();
      if (writer === raw) this.#checkBalance(written);
      if (written === null) continue;
      const entry = blockEntryOf(written, this.#context.owner.shard, cleanSeq);
      addBlocks.push(writer === raw ? { ...entry, retentionMark: markOfMerge(sources) } : entry);
    }
    const removeBlocks = [...(isMerge ? sources.map(blockKeyOf) : []), ...replaces];
    return { addBlocks, removeBlocks, ...merger.counts, removed: this.#removed };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#merger?.close();
    for (const lease of this.#leases) lease[Symbol.dispose]();
    for (const writer of this.#writers) if (!writer.isFinished) await writer.abandon();
    this.#context.tools.takeBack(this.#digest);
  }

  async #openSources(): Promise<BlockSeriesSource[]> {
    const sources: BlockSeriesSource[] = [];
    for (const block of this.#task.sources) {
      const lease = await this.#context.readers.hold(block);
      this.#leases.push(lease);
      const { reader } = lease;
      const owned = await reader.owned(block.ownedMin, block.ownedMax);
      let source: BlockSeriesSource = await reader.read(owned, EVERYTHING);
      const isWhole = block.ownedMin === 0 && block.ownedMax === U32_MAX;
      if (isWhole) this.#balance.addWhole(block.digest, block.sampleCount);
      else source = this.#counted(source);
      const test = new TombstoneTest(tombstonesOf(block, this.#context.tombstones));
      sources.push(
        test.isEmpty ? source : new TombstoneFilter(source, test, (rows) => this.#remove(rows)),
      );
    }
    return sources;
  }

  /** Of a block that is shared with another shard only a part is taken: its digest is summed. */
  #counted(source: BlockSeriesSource): BlockSeriesSource {
    return {
      next: async () => {
        const series = await source.next();
        if (series !== null) this.#balance.addSeries(series);
        return series;
      },
      close: () => source.close(),
    };
  }

  #remove(rows: BlockSeries): void {
    this.#removed += rows.end - rows.start;
    this.#balance.subtractSeries(rows);
  }

  async #createWriter(tier: Tier): Promise<BlockWriter> {
    const writer = await createRewriteWriter(this.#context, { ...this.#task, tier });
    this.#writers.push(writer);
    return writer;
  }

  async #createTier(tier: Tier): Promise<TierOutput> {
    const writer = await this.#createWriter(tier);
    return { tier, writer, buckets: new TierWriter(writer, tier), rows: new TierRows() };
  }

  #checkBalance(written: WrittenBlock | null): void {
    const { rangeStartMs, rangeEndMs } = this.#task;
    const meta = written?.meta;
    const what = `raw blocks of ${rangeStartMs} to ${rangeEndMs}`;
    this.#balance.check(what, meta?.digest ?? EMPTY_DIGEST, meta?.sampleCount ?? 0);
  }
}
