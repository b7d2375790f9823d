/**
 * One selection at its shard worker: the heads of its shards, read one after the other. Shards whose
 * blocks the puller has to read come last, and their pins stay until `close`.
 */
import type { ShardId } from "#model/refs.ts";
import type { BlocksState } from "#storage/blocks-state.ts";
import type { GenerationCursor, GenerationSlice } from "#storage/head-generation.ts";
import type { SeriesSlice, ShardSelect } from "#storage/read-view.ts";
import { hasBlocksIn } from "./blocks-in-range.ts";
import type { HeadPart, ShardVersion } from "./select-contract.ts";
import { disposeShardView } from "./shard-view.ts";
import type { ShardView } from "./shard-view.ts";

interface HeadRead<Slice> {
  next(): Slice | null;
  close(): void;
}

export class OpenSelection {
  readonly merges: readonly ShardVersion[];
  readonly #request: ShardSelect;
  /** Heads to read: those that come as they are, then those to be merged. */
  readonly #plain: ShardView[] = [];
  readonly #merging: ShardView[] = [];
  /** Views whose blocks the puller reads. */
  readonly #held: readonly ShardView[];
  #cursor: HeadRead<SeriesSlice> | null = null;
  #identified: GenerationCursor | null = null;
  /** Read to its end. */
  #lent: GenerationCursor | null = null;

  /** Takes the views over. */
  constructor(request: ShardSelect, views: readonly ShardView[]) {
    this.#request = request;
    const held: ShardView[] = [];
    for (const view of views) {
      const { blocks } = view;
      const isHeld = blocks !== null && hasBlocksIn(blocks.state, request);
      if (isHeld) held.push(view);
      else blocks?.[Symbol.dispose]();
      // Label sets need no merging: whoever gathers them knows each once.
      (isHeld && request.withSamples ? this.#merging : this.#plain).push(view);
    }
    this.#held = held;
    this.merges = held.map(({ shard, blocks }) => ({ shard, version: blocks!.version }));
  }

  /** The next slice of a head that is not merged, or null when these are read. */
  nextSlice(): SeriesSlice | null {
    for (let first = this.#plain[0]; first !== undefined; first = this.#plain[0]) {
      this.#cursor ??= first.view.select(this.#request);
      const slice = this.#cursor.next();
      if (slice !== null) return slice;
      this.#cursor.close();
      this.#cursor = null;
      first.view[Symbol.dispose]();
      this.#plain.shift();
    }
    return null;
  }

  /**
   * As `nextSlice`, and where its series lie, for whoever is done with one slice when it asks for the
   * next; a slice of null is the end of a shard.
   */
  nextPlaced(): { readonly shard: ShardId; readonly slice: GenerationSlice | null } | null {
    const [first] = this.#plain;
    if (first === undefined) return null;
    this.#identified ??= first.view.lend(this.#request, this.#lent);
    const slice = this.#identified.next();
    if (slice !== null) return { shard: first.shard, slice };
    this.#identified.close();
    this.#lent = this.#identified;
    this.#identified = null;
    first.view[Symbol.dispose]();
    this.#plain.shift();
    return { shard: first.shard, slice: null };
  }

  nextPart(): HeadPart | null {
    for (let first = this.#merging[0]; first !== undefined; first = this.#merging[0]) {
      this.#identified ??= first.view.selectIdentified(this.#request);
      const slice = this.#identified.next();
      if (slice !== null) return { shard: first.shard, slice };
      this.#identified.close();
      this.#identified = null;
      first.view[Symbol.dispose]();
      this.#merging.shift();
    }
    return null;
  }

  /** Null for a shard whose blocks are not held. */
  stateOf(shard: ShardId): BlocksState | null {
    return this.#held.find((view) => view.shard === shard)?.blocks?.state ?? null;
  }

  close(): void {
    this.#cursor?.close();
    this.#identified?.close();
    for (const view of [...this.#plain, ...this.#merging, ...this.#held]) disposeShardView(view);
    this.#plain.length = 0;
    this.#merging.length = 0;
  }
}
