/**
 * Writes a closed head generation as blocks, one for each range of time it touches. Slices are asked
 * for one after the other, so memory holds one slice and an open block per range. All or nothing:
 * after an error no block counts, and those already whole are removed if the disk lets us.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import type { ShardId } from "#model/refs.ts";
import type { ClosedGeneration, GenerationSlice } from "#storage/head-generation.ts";
import type { Epoch } from "#model/refs.ts";
import { seq } from "#model/refs.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import { blockPath } from "../block/block-path.ts";
import type { BlockSeries } from "../block/block-series.ts";
import { BlockWriter } from "../block/block-writer.ts";
import type { WrittenBlock } from "../block/block-writer.ts";
import type { FileOwner } from "../block/file-header.ts";
import type { PageTools } from "../block/page-tools.ts";
import { seriesAt } from "../block/series-at.ts";
import { TIER_RAW } from "../block/tier.ts";
import { flushRangeMs, rangeStartMs } from "./flush-ranges.ts";

export interface FlushOptions {
  readonly disk: Disk;
  readonly owner: FileOwner;
  readonly tools: PageTools;
  readonly epoch: Epoch;
  readonly generation: ClosedGeneration;
  /** Ids are never used twice. */
  readonly takeBlockId: () => number;
}

export interface GenerationSource {
  /** In the order of the head's cursor; null at the end. */
  next(): Promise<GenerationSlice | null>;
}

export interface FlushResult {
  readonly blocks: readonly WrittenBlock[];
  readonly sampleCount: number;
}

export async function flushGeneration(
  source: GenerationSource,
  options: FlushOptions,
): Promise<FlushResult> {
  if (options.generation.sampleCount === 0) return { blocks: [], sampleCount: 0 };
  const writers = new RangeWriters(options);
  try {
    let sampleCount = 0;
    for (let slice = await source.next(); slice !== null; slice = await source.next()) {
      for (let i = 0; i < slice.seriesCount; i++) await writers.add(seriesAt(slice, i));
      sampleCount += slice.timestamps.length;
    }
    const blocks = await writers.finish();
    const written = blocks.reduce((sum, { meta }) => sum + meta.sampleCount, 0);
    assert(written === sampleCount, () => `flush: wrote ${written} samples, got ${sampleCount}`);
    return { blocks, sampleCount };
  } catch (error) {
    await writers.abandon();
    throw error;
  }
}

/** The open blocks of a flush by the start of their range. */
class RangeWriters {
  readonly #options: FlushOptions;
  readonly #widthMs: number;
  readonly #writers = new Map<number, BlockWriter>();
  readonly #written: WrittenBlock[] = [];

  constructor(options: FlushOptions) {
    this.#options = options;
    const { minMs, maxMs } = options.generation;
    this.#widthMs = flushRangeMs(minMs, maxMs);
  }

  /** Hands the runs of a series to the blocks of their ranges; timestamps ascend. */
  async add(series: BlockSeries): Promise<void> {
    const { timestamps, end } = series;
    let start = series.start;
    while (start < end) {
      const rangeStart = rangeStartMs(timestamps[start]!, this.#widthMs);
      let runEnd = start + 1;
      while (runEnd < end && timestamps[runEnd]! < rangeStart + this.#widthMs) runEnd++;
      const writer = this.#writers.get(rangeStart) ?? (await this.#open(rangeStart));
      await writer.add({ ...series, start, end: runEnd });
      start = runEnd;
    }
  }

  async finish(): Promise<readonly WrittenBlock[]> {
    for (const [rangeStart, writer] of [...this.#writers].toSorted(([a], [b]) => a - b)) {
      const block = await writer.finish();
      assert(block !== null, () => `flush: empty block for the range at ${rangeStart}`);
      this.#writers.delete(rangeStart);
      this.#written.push(block);
    }
    return this.#written;
  }

  /** No manifest was told of any of these blocks. */
  async abandon(): Promise<void> {
    for (const writer of this.#writers.values()) await writer.abandon();
    this.#writers.clear();
    const { disk, owner } = this.#options;
    await removeWritten(disk, owner.shard, this.#written);
  }

  async #open(rangeStart: number): Promise<BlockWriter> {
    const { disk, owner, tools, epoch, generation, takeBlockId } = this.#options;
    const writer = await BlockWriter.create({
      disk,
      owner,
      tools,
      epoch,
      blockId: takeBlockId(),
      tier: TIER_RAW,
      firstSeq: seq(generation.firstSeq),
      lastSeq: seq(generation.lastSeq),
      rangeStartMs: rangeStart,
      rangeEndMs: rangeStart + this.#widthMs,
    });
    this.#writers.set(rangeStart, writer);
    return writer;
  }
}

/** On a failing disk they stay, as files that nobody lists. */
async function removeWritten(
  disk: Disk,
  shard: ShardId,
  written: readonly WrittenBlock[],
): Promise<void> {
  try {
    for (const { meta } of written) await disk.unlink(blockPath(shard, meta.blockId));
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
  }
}
