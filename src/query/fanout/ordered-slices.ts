/**
 * The slices of a selection over all workers in the order of shards, so that series come in the order
 * of (placement, fingerprint), however shards are spread over workers and samples over heads and
 * blocks. Closing closes all of the selections, read or not.
 */
import type { SliceReader } from "#storage/block-reads.ts";
import type { GenerationSlice } from "#storage/head-generation.ts";
import type { SeriesSlice } from "#storage/read-view.ts";
import type { ShardBlocks, WorkerSelection } from "./worker-selection.ts";

export interface OrderedSlicesOptions<Slice extends SeriesSlice> {
  /** All of them are closed with the slices. */
  readonly selections: readonly WorkerSelection[];
  readonly readShard: (shard: ShardBlocks) => SliceReader<Slice>;
  readonly signal: AbortSignal;
}

export class OrderedSlices<Slice extends SeriesSlice> {
  readonly #options: OrderedSlicesOptions<Slice>;
  /** Not read to the end. */
  #left: readonly WorkerSelection[];
  readonly #infos = new Set<string>();
  #merging: SliceReader<Slice> | null = null;

  constructor(options: OrderedSlicesOptions<Slice>) {
    this.#options = options;
    this.#left = options.selections;
  }

  async next(): Promise<Slice | GenerationSlice | null> {
    for (;;) {
      this.#options.signal.throwIfAborted();
      const slice = (await this.#merging?.next()) ?? null;
      if (slice !== null) return slice;
      this.#endMerging();
      const selection = await this.#lowest();
      if (selection === null) return null;
      const unit = await selection.nextUnit();
      if (unit === null) continue;
      if (unit.blocks === null) return unit.slice;
      this.#merging = selection.watched(unit.blocks, this.#options.readShard(unit.blocks));
    }
  }

  /** What readers of blocks had to say so far. */
  infos(): readonly string[] {
    return [...this.#infos];
  }

  close(): void {
    this.#endMerging();
    this.#left = [];
    for (const selection of this.#options.selections) selection.close();
  }

  #endMerging(): void {
    for (const info of this.#merging?.infos() ?? []) this.#infos.add(info);
    this.#merging?.close();
    this.#merging = null;
  }

  /** The selection whose next shard is the lowest of all. */
  async #lowest(): Promise<WorkerSelection | null> {
    const shards = await Promise.all(this.#left.map((selection) => selection.nextShard()));
    let lowest = -1;
    for (const [i, shard] of shards.entries()) {
      if (shard === null) this.#left[i]!.close();
      else if (lowest < 0 || shard < shards[lowest]!) lowest = i;
    }
    const selection = this.#left[lowest] ?? null;
    if (shards.includes(null)) this.#left = this.#left.filter((_, i) => shards[i] !== null);
    return selection;
  }
}
