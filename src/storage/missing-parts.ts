/**
 * What an answer lacks. A selection that is given one of these leaves out what it cannot read of a
 * shard and notes it; one without it fails. One per request, shared by all its selections.
 */
import type { ShardId } from "#model/refs.ts";

export class MissingParts {
  /** Causes by shard, the first one of each: as many entries as there are shards at most. */
  readonly #causes: Map<ShardId, string> = new Map();

  note(shard: ShardId, cause: string): void {
    if (!this.#causes.has(shard)) this.#causes.set(shard, cause);
  }

  get isEmpty(): boolean {
    return this.#causes.size === 0;
  }

  get warnings(): readonly string[] {
    return [...this.#causes].map(
      ([shard, cause]) => `cannot read all of shard ${shard}: ${cause}; series may be missing`,
    );
  }
}
