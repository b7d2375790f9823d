/**
 * A selection over all shards of one worker, as the query worker pulls it, in the order of shards:
 * slices that need nothing more, and shards to be merged with blocks. Read by one reader, in that
 * order; `close` gives everything back. What cannot be read fails the selection, or is noted in
 * the request's `missing` and left out.
 */
import { EngineError } from "#base/engine-error.ts";
import type { ShardId } from "#model/refs.ts";
import type { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { BlockReads, HeadSlices, SliceReader } from "#storage/block-reads.ts";
import type { BlocksState } from "#storage/blocks-state.ts";
import type { GenerationSlice } from "#storage/head-generation.ts";
import type { MissingParts } from "#storage/missing-parts.ts";
import type { SeriesSlice, ShardSelect } from "#storage/read-view.ts";
import { SHARD_UNAVAILABLE } from "#storage/storage-errors.ts";
import type { KnownStates } from "./known-states.ts";
import { noteFailed } from "./note-failed.ts";
import type { HeadPart, OpenAnswer, SelectContract, SlicesAnswer } from "./select-contract.ts";

/** A shard of which blocks are to be read. */
export interface ShardBlocks {
  readonly shard: ShardId;
  readonly state: BlocksState;
  readonly head: HeadSlices;
}

/** What comes next: series as they are, or the whole of a shard, to be read with its blocks. */
export type ShardUnit =
  | { readonly slice: GenerationSlice; readonly blocks: null }
  | { readonly slice: null; readonly blocks: ShardBlocks };

export interface ShardWorker {
  readonly client: WorkerClient<SelectContract>;
  readonly states: KnownStates;
}

export interface WorkerSelectionOptions {
  readonly worker: ShardWorker;
  readonly blocks: BlockReads;
  readonly cursor: number;
  readonly request: ShardSelect;
  readonly missing: MissingParts | null;
}

export class WorkerSelection {
  readonly #worker: ShardWorker;
  readonly #blocks: BlockReads;
  readonly #cursor: number;
  readonly #missing: MissingParts | null;
  readonly #opened: Promise<OpenAnswer>;
  /** The call under way; null when the heads are read. */
  #pending: Promise<SlicesAnswer> | null;
  #parts: HeadPart[] = [];
  /** Still to be merged; null before it is known. */
  #shards: ShardBlocks[] | null = null;
  /** Given up half read: what is left of their heads is passed over. */
  readonly #given: Set<ShardId> = new Set();
  /** The worker has nothing of it any more. */
  #isClosed = false;

  constructor({ worker, blocks, cursor, request, missing }: WorkerSelectionOptions) {
    this.#worker = worker;
    this.#blocks = blocks;
    this.#cursor = cursor;
    this.#missing = missing;
    this.#opened = this.#open(request);
    // A failure surfaces when the answer is read; an abandoned one must not crash the thread.
    this.#opened.catch(() => {});
    this.#pending = this.#opened;
  }

  /** The shard that the next unit is of; null at the end. */
  async nextShard(): Promise<ShardId | null> {
    this.#shards ??= await this.#resolve();
    const part = await this.#peek();
    const merging = this.#shards[0]?.shard ?? null;
    if (part === null || merging === null) return part?.shard ?? merging;
    return part.shard < merging ? part.shard : merging;
  }

  /** Of a shard to be merged, the head is read by who reads its blocks. */
  async nextUnit(): Promise<ShardUnit | null> {
    this.#shards ??= await this.#resolve();
    const part = await this.#peek();
    const [blocks] = this.#shards;
    if (blocks !== undefined && (part === null || blocks.shard <= part.shard)) {
      this.#shards.shift();
      return { slice: null, blocks };
    }
    if (part === null) return null;
    this.#parts.shift();
    return { slice: part.slice, blocks: null };
  }

  /** Reads of a shard, whose damage the owner of the blocks is told. */
  watched<Slice extends SeriesSlice>(
    blocks: ShardBlocks,
    reader: SliceReader<Slice>,
  ): SliceReader<Slice> {
    return {
      next: async () => (await this.telling(blocks, () => reader.next())) ?? null,
      infos: () => reader.infos(),
      close: () => reader.close(),
    };
  }

  /** What `read` gives, or null when the shard is given up. */
  async telling<T>({ shard, state }: ShardBlocks, read: () => Promise<T>): Promise<T | null> {
    try {
      return await read();
    } catch (error) {
      const block = this.#blocks.damagedBlock(state, error);
      if (block === null) throw error;
      const cause = error instanceof Error ? error.message : String(error);
      this.#worker.client.notify("damaged", { shard, block, cause });
      if (this.#missing === null) {
        const message = `cannot read all of shard ${shard}: ${cause}`;
        throw new EngineError(SHARD_UNAVAILABLE, message, { cause: error });
      }
      this.#missing.note(shard, cause);
      this.#given.add(shard);
      return null;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#worker.client.notify("close", { cursor: this.#cursor });
    this.#parts = [];
    this.#shards = [];
    this.#pending = null;
  }

  async #open(request: ShardSelect): Promise<OpenAnswer> {
    const answer = await this.#worker.client.call("open", { cursor: this.#cursor, request });
    noteFailed(answer.failed, this.#missing);
    return answer;
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
    const part = await this.#peek();
    if (part?.shard !== shard) return null;
    this.#parts.shift();
    return part.slice;
  }

  /** The next part that is of use; it stays. */
  async #peek(): Promise<HeadPart | null> {
    for (;;) {
      const part = this.#parts[0];
      if (part === undefined) {
        if (!(await this.#pull())) return null;
      } else if (this.#given.has(part.shard)) this.#parts.shift();
      else return part;
    }
  }

  /** False when there was nothing more. */
  async #pull(): Promise<boolean> {
    if (this.#pending === null) return false;
    const { parts, done } = await this.#pending;
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
