/**
 * A selection over all shards of one worker, as the query worker pulls it: first the slices that
 * need nothing more, then shard by shard what has to be merged with blocks. Read by one reader, in
 * that order; `close` gives everything back.
 */
import type { ShardId } from "#model/refs.ts";
import type { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { BlockReads, HeadSlices, SliceReader } from "#storage/block-reads.ts";
import type { BlocksState } from "#storage/blocks-state.ts";
import type { GenerationSlice } from "#storage/head-generation.ts";
import type { SeriesSlice, ShardSelect } from "#storage/read-view.ts";
import type { KnownStates } from "./known-states.ts";
import type { HeadPart, OpenAnswer, SelectContract, SlicesAnswer } from "./select-contract.ts";

/** A shard of which blocks are to be read. */
export interface ShardBlocks {
  readonly shard: ShardId;
  readonly state: BlocksState;
  readonly head: HeadSlices;
}

export interface ShardWorker {
  readonly client: WorkerClient<SelectContract>;
  readonly states: KnownStates;
}

export class WorkerSelection {
  readonly #worker: ShardWorker;
  readonly #blocks: BlockReads;
  readonly #cursor: number;
  readonly #opened: Promise<OpenAnswer>;
  /** The call under way; null when the heads are read. */
  #pending: Promise<SlicesAnswer> | null;
  #slices: SeriesSlice[] = [];
  #parts: HeadPart[] = [];
  /** Still to be merged; null before it is known. */
  #shards: ShardBlocks[] | null = null;
  /** The worker has nothing of it any more. */
  #isClosed = false;

  constructor(worker: ShardWorker, blocks: BlockReads, cursor: number, request: ShardSelect) {
    this.#worker = worker;
    this.#blocks = blocks;
    this.#cursor = cursor;
    this.#opened = worker.client.call("open", { cursor, request });
    // A failure surfaces when the answer is read; an abandoned one must not crash the thread.
    this.#opened.catch(() => {});
    this.#pending = this.#opened;
  }

  /** The next slice that is whole as it is, or null when there are no more of these. */
  async nextSlice(): Promise<SeriesSlice | null> {
    for (;;) {
      const slice = this.#slices.shift();
      if (slice !== undefined) return slice;
      if (this.#parts.length > 0 || !(await this.#pull())) return null;
    }
  }

  /** Behind all slices: the next shard to merge. What its head gave is read to the end first. */
  async nextShard(): Promise<ShardBlocks | null> {
    this.#shards ??= await this.#resolve();
    return this.#shards.shift() ?? null;
  }

  /** Reads of a shard, whose damage the owner of the blocks is told. */
  watched({ shard, state }: ShardBlocks, reader: SliceReader): SliceReader {
    return {
      next: () => this.telling({ shard, state }, reader.next()),
      warnings: () => reader.warnings(),
      close: () => reader.close(),
    };
  }

  async telling<T>(
    { shard, state }: Pick<ShardBlocks, "shard" | "state">,
    reading: Promise<T>,
  ): Promise<T> {
    try {
      return await reading;
    } catch (error) {
      const block = this.#blocks.damagedBlock(state, error);
      const cause = error instanceof Error ? error.message : String(error);
      if (block !== null) this.#worker.client.notify("damaged", { shard, block, cause });
      throw error;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#worker.client.notify("close", { cursor: this.#cursor });
    this.#slices = [];
    this.#parts = [];
    this.#shards = [];
    this.#pending = null;
  }

  async #resolve(): Promise<ShardBlocks[]> {
    const { merges } = await this.#opened;
    if (merges.length === 0) return [];
    const states = await this.#worker.states.resolve(this.#cursor, merges);
    return merges.map(({ shard }, i) => {
      return { shard, state: states[i]!, head: { next: () => this.#nextPart(shard) } };
    });
  }

  async #nextPart(shard: ShardId): Promise<GenerationSlice | null> {
    for (;;) {
      const part = this.#parts[0];
      if (part !== undefined) {
        if (part.shard !== shard) return null;
        this.#parts.shift();
        return part.slice;
      }
      if (!(await this.#pull())) return null;
    }
  }

  /** False when there was nothing more. */
  async #pull(): Promise<boolean> {
    if (this.#pending === null) return false;
    const { slices, parts, done } = await this.#pending;
    this.#slices.push(...slices);
    this.#parts.push(...parts);
    this.#pending = null;
    if (done) {
      const { merges } = await this.#opened;
      this.#isClosed ||= merges.length === 0;
      return true;
    }
    // Asked for while these are being worked on.
    this.#pending = this.#worker.client.call("next", { cursor: this.#cursor });
    this.#pending.catch(() => {});
    return true;
  }
}
