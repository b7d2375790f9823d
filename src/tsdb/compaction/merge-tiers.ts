/**
 * Carries out a merge of blocks of one tier: all their buckets in one block, tombstones applied.
 * Digests must balance before the sources are named for removal.
 */
import { U32_MAX } from "#model/refs.ts";
import { COLUMN_HISTOGRAM, COLUMN_LAST, columnFingerprintLow } from "../block/block-columns.ts";
import { EMPTY_DIGEST } from "../block/block-meta.ts";
import type { BlockLease } from "../block/block-readers.ts";
import type { SeriesIdentity } from "../block/block-series.ts";
import type { BlockWriter, WrittenBlock } from "../block/block-writer.ts";
import type { BlockDigest } from "../block/page-tools.ts";
import { RowColumns } from "../block/row-columns.ts";
import { eachTierColumn } from "../block/tier-columns.ts";
import { ALL_AGGREGATES, type TierSeriesSource } from "../block/tier-cursor.ts";
import { TierFilter } from "../block/tier-filter.ts";
import { TierMerger } from "../block/tier-merger.ts";
import type { TierRows } from "../block/tier-rows.ts";
import { TierWriter } from "../block/tier-writer.ts";
import { tierName } from "../block/tier.ts";
import { blockEntryOf, blockKeyOf, type BlockEntry } from "../manifest/block-entry.ts";
import { TombstoneTest, tombstonesOf } from "../tombstone/tombstone-test.ts";
import { checkCancelled, cleanSeqOf, createRewriteWriter, markOfMerge } from "./compaction-job.ts";
import type { CompactionContext, CompactionResult } from "./compaction-job.ts";
import type { CompactionTask } from "./compaction-plan.ts";
import { DigestBalance } from "./digest-balance.ts";

/** Removes the buckets of a series that are too old for it. Returns what is left. */
export type TierCut = (
  series: SeriesIdentity,
  rows: TierRows,
  onRemoved: (rows: TierRows) => void,
) => TierRows;

const EVERYTHING = { minMs: -Infinity, maxMs: Infinity };

export async function mergeTiers(
  task: CompactionTask,
  context: CompactionContext,
  cut: TierCut | null = null,
): Promise<CompactionResult> {
  await using job = new TierMergeJob(task, context, cut);
  return await job.run();
}

class TierMergeJob implements AsyncDisposable {
  readonly #task: CompactionTask;
  readonly #context: CompactionContext;
  readonly #cut: TierCut | null;
  readonly #leases: BlockLease[] = [];
  readonly #digest: BlockDigest;
  readonly #balance: DigestBalance;
  readonly #scratch = new RowColumns();
  #writer: BlockWriter | null = null;
  #merger: TierMerger | null = null;
  #removed = 0;
  #duplicates = 0;

  constructor(task: CompactionTask, context: CompactionContext, cut: TierCut | null) {
    this.#task = task;
    this.#context = context;
    this.#cut = cut;
    this.#digest = context.tools.lendDigest();
    this.#balance = new DigestBalance(this.#digest);
  }

  async run(): Promise<CompactionResult> {
    const { sources } = this.#task;
    const writer = await createRewriteWriter(this.#context, this.#task);
    this.#writer = writer;
    const buckets = new TierWriter(writer, this.#task.tier);
    const merger = new TierMerger(await this.#openSources(), (identity, rows) => {
      this.#duplicates += rows.length;
      this.#subtract(identity, rows);
    });
    this.#merger = merger;
    for (let series = await merger.next(); series !== null; series = await merger.next()) {
      checkCancelled(this.#context);
      const { identity, rows } = series;
      const remove = (removed: TierRows): void => this.#remove(identity, removed);
      const left = this.#cut === null ? rows : this.#cut(identity, rows, remove);
      if (left.length > 0) await buckets.add(identity, left);
    }
    const written = await writer.finish();
    this.#checkBalance(written);
    const cleanSeq = cleanSeqOf(this.#context);
    const { shard } = this.#context.owner;
    const mark = { retentionMark: markOfMerge(sources) };
    return {
      addBlocks: written === null ? [] : [{ ...blockEntryOf(written, shard, cleanSeq), ...mark }],
      removeBlocks: sources.map(blockKeyOf),
      duplicates: this.#duplicates,
      conflicts: 0,
      removed: this.#removed,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#merger?.close();
    for (const lease of this.#leases) lease[Symbol.dispose]();
    if (this.#writer?.isFinished === false) await this.#writer.abandon();
    this.#context.tools.takeBack(this.#digest);
  }

  /** The newest written first: its buckets are the most complete. */
  async #openSources(): Promise<TierSeriesSource[]> {
    const sources: TierSeriesSource[] = [];
    for (const block of this.#task.sources.toReversed()) {
      const lease = await this.#context.readers.hold(block);
      this.#leases.push(lease);
      const { reader } = lease;
      const owned = await reader.owned(block.ownedMin, block.ownedMax);
      let source: TierSeriesSource = await reader.readTier(owned, EVERYTHING, ALL_AGGREGATES);
      const isWhole = block.ownedMin === 0 && block.ownedMax === U32_MAX;
      if (isWhole) this.#balance.addWhole(block.digest, block.sampleCount);
      else source = this.#counted(source);
      const test = new TombstoneTest(tombstonesOf(block, this.#context.tombstones));
      const onHidden = (identity: SeriesIdentity, rows: TierRows): void => {
        this.#remove(identity, rows);
      };
      sources.push(test.isEmpty ? source : new TierFilter(source, block.tier, test, onHidden));
    }
    return sources;
  }

  #counted(source: TierSeriesSource): TierSeriesSource {
    return {
      next: async () => {
        const series = await source.next();
        if (series === null) return null;
        this.#eachColumn(series.identity, series.rows, (digest, samples) => {
          this.#balance.addWhole(digest, samples);
        });
        return series;
      },
      close: () => source.close(),
    };
  }

  #remove(identity: SeriesIdentity, rows: TierRows): void {
    this.#removed += rows.length;
    this.#subtract(identity, rows);
  }

  #subtract(identity: SeriesIdentity, rows: TierRows): void {
    this.#eachColumn(identity, rows, (digest, samples) => {
      this.#balance.subtractWhole(digest, samples);
    });
  }

  /** Digest and samples of each column of the rows; last values and histograms are what counts as samples. */
  #eachColumn(
    identity: SeriesIdentity,
    rows: TierRows,
    visit: (digest: BlockEntry["digest"], samples: number) => void,
  ): void {
    const all = this.#scratch;
    eachTierColumn(rows, all, (column) => {
      const low = columnFingerprintLow(identity.fingerprintLow, column);
      this.#digest.reset();
      this.#digest.add(low, identity.fingerprintHigh, all.timestamps, all.values, 0, all.length);
      const [a, b, c, d] = this.#digest.words;
      const counts = column === COLUMN_LAST || column === COLUMN_HISTOGRAM;
      visit([a!, b!, c!, d!], counts ? all.length : 0);
    });
  }

  #checkBalance(written: WrittenBlock | null): void {
    const { tier, rangeStartMs, rangeEndMs } = this.#task;
    const what = `blocks of tier ${tierName(tier)} of ${rangeStartMs} to ${rangeEndMs}`;
    const meta = written?.meta;
    this.#balance.check(what, meta?.digest ?? EMPTY_DIGEST, meta?.sampleCount ?? 0);
  }
}
