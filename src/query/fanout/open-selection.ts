/**
 * One selection at its shard worker: the heads of its shards, read one after the other in the order
 * of their numbers. Blocks that the puller has to read stay pinned until `close`.
 */
import type { ShardId } from "#model/refs.ts";
import type { BlocksState } from "#storage/blocks-state.ts";
import type { GenerationCursor, GenerationSlice } from "#storage/head-generation.ts";
import type { ShardSelect } from "#storage/read-view.ts";
import { hasBlocksIn } from "./blocks-in-range.ts";
import type { HeadPart, ShardVersion } from "./select-contract.ts";
import { disposeShardView } from "./shard-view.ts";
import type { ShardView } from "./shard-view.ts";

export class OpenSelection {
  readonly merges: readonly ShardVersion[];
  readonly #request: ShardSelect;
  /** Heads to read. */
  readonly #views: ShardView[];
  /** Views whose blocks the puller reads. */
  readonly #held: readonly ShardView[];
  #identified: GenerationCursor | null = null;
  /** Read to its end. */
  #lent: GenerationCursor | null = null;

  /** Takes the views over. */
  constructor(request: ShardSelect, views: readonly ShardView[]) {
    this.#request = request;
    this.#views = views.toSorted((a, b) => a.shard - b.shard);
    const held: ShardView[] = [];
    for (const view of this.#views) {
      const { blocks } = view;
      if (blocks !== null && hasBlocksIn(blocks.state, request)) held.push(view);
      else blocks?.[Symbol.dispose]();
    }
    this.#held = held;
    this.merges = held.map(({ shard, blocks }) => ({ shard, version: blocks!.version }));
  }

  /**
   * The next slice of a head, for whoever is done with one slice when it asks for the next; a slice
   * of null is the end of a shard.
   */
  nextPlaced(): { readonly shard: ShardId; readonly slice: GenerationSlice | null } | null {
    const [first] = this.#views;
    if (first === undefined) return null;
    this.#identified ??= first.view.lend(this.#request, this.#lent);
    const slice = this.#identified.next();
    if (slice !== null) return { shard: first.shard, slice };
    this.#identified.close();
    this.#lent = this.#identified;
    this.#identified = null;
    first.view[Symbol.dispose]();
    this.#views.shift();
    return { shard: first.shard, slice: null };
  }

  /** The next slice of a head, or null when all are read. */
  nextPart(): HeadPart | null {
    for (let first = this.#views[0]; first !== undefined; first = this.#views[0]) {
      this.#identified ??= first.view.selectIdentified(this.#request);
      const slice = this.#identified.next();
      if (slice !== null) return { shard: first.shard, slice };
      this.#identified.close();
      this.#identified = null;
      first.view[Symbol.dispose]();
      this.#views.shift();
    }
    return null;
  }

  /** Null for a shard whose blocks are not held. */
  stateOf(shard: ShardId): BlocksState | null {
    return this.#held.find((view) => view.shard === shard)?.blocks?.state ?? null;
  }

  close(): void {
    this.#identified?.close();
    for (const view of [...this.#views, ...this.#held]) disposeShardView(view);
    this.#views.length = 0;
  }
}
