/**
 * What the manifests of one worker's shards state, as this query worker last heard: a state crosses
 * the threads once per version, not once per query. Holds the newest of each shard.
 */
import type { ShardId } from "#model/refs.ts";
import type { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { BlockReads } from "#storage/block-reads.ts";
import type { BlocksState } from "#storage/blocks-state.ts";
import type { SelectContract, ShardVersion } from "./select-contract.ts";

export class KnownStates {
  readonly #client: WorkerClient<SelectContract>;
  readonly #blocks: BlockReads;
  readonly #newest = new Map<ShardId, BlocksState>();

  constructor(client: WorkerClient<SelectContract>, blocks: BlockReads) {
    this.#client = client;
    this.#blocks = blocks;
  }

  /** States of the versions that selection `cursor` holds, index-aligned. */
  async resolve(
    cursor: number,
    versions: readonly ShardVersion[],
  ): Promise<readonly BlocksState[]> {
    const states = versions.map(({ shard, version }) => {
      const newest = this.#newest.get(shard);
      return newest?.version === version ? newest : null;
    });
    const missing = versions.filter((_, i) => states[i] === null).map(({ shard }) => shard);
    if (missing.length === 0) return states as readonly BlocksState[];
    const asked = await this.#client.call("states", { cursor, shards: missing });
    for (const [i, state] of asked.entries()) this.#learn(missing[i]!, state);
    let next = 0;
    return states.map((state) => state ?? asked[next++]!);
  }

  #learn(shard: ShardId, state: BlocksState): void {
    const before = this.#newest.get(shard);
    if (before !== undefined && before.version >= state.version) return;
    this.#newest.set(shard, state);
    if (before !== undefined) this.#blocks.forget(before, state);
  }
}
