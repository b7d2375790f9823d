/**
 * The series of a selection over all workers: one worker after the other, as they come, and of each
 * first what needs no merging. Closing the set closes all of its selections, read or not.
 */
import { LabelsDecoder } from "#model/canonical-labels.ts";
import type { SliceReader } from "#storage/block-reads.ts";
import type { SeriesBatch, SeriesSet } from "#storage/queryable.ts";
import type { SeriesSlice } from "#storage/read-view.ts";
import { seriesBatchOf } from "#storage/series-batch.ts";
import type { ShardBlocks, WorkerSelection } from "./worker-selection.ts";

export interface FanoutSeriesSetOptions {
  /** All of them are closed with the set. */
  readonly selections: readonly WorkerSelection[];
  readonly readShard: (shard: ShardBlocks) => SliceReader;
  readonly signal: AbortSignal;
}

export class FanoutSeriesSet implements SeriesSet {
  readonly #options: FanoutSeriesSetOptions;
  /** Not read to the end. */
  readonly #left: WorkerSelection[];
  readonly #decoder = new LabelsDecoder();
  readonly #infos = new Set<string>();
  #merging: SliceReader | null = null;

  constructor(options: FanoutSeriesSetOptions) {
    this.#options = options;
    this.#left = [...options.selections];
  }

  async next(): Promise<SeriesBatch | null> {
    const { signal } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      const selection = this.#left[0];
      if (selection === undefined) return null;
      const slice = await this.#nextSlice(selection);
      if (slice !== null) return seriesBatchOf(slice, this.#decoder);
      selection.close();
      this.#left.shift();
    }
  }

  infos(): readonly string[] {
    return [...this.#infos];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#merging?.close();
    this.#merging = null;
    this.#left.length = 0;
    for (const selection of this.#options.selections) selection.close();
  }

  async #nextSlice(selection: WorkerSelection): Promise<SeriesSlice | null> {
    if (this.#merging === null) {
      const slice = await selection.nextSlice();
      if (slice !== null) return slice;
    }
    for (;;) {
      const slice = (await this.#merging?.next()) ?? null;
      if (slice !== null) return slice;
      for (const info of this.#merging?.infos() ?? []) this.#infos.add(info);
      this.#merging?.close();
      this.#merging = null;
      const shard = await selection.nextShard();
      if (shard === null) return null;
      this.#merging = selection.watched(shard, this.#options.readShard(shard));
    }
  }
}
