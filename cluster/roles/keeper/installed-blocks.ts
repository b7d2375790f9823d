/**
 * The blocks of one shard as its shard worker knows them: the newest manifest version that the
 * keeper has committed and handed over, and who still reads which version. The oldest version that
 * anybody reads, or may begin to read, stands in a shared cell: the keeper unlinks no file that it
 * needs. Owned by the shard worker; only the keeper reads the cell.
 */
import { assert } from "#base/assert.ts";
import type { ShardId } from "#model/refs.ts";
import type { BlocksAt } from "#query/fanout/shard-view.ts";
import type { ManifestState } from "#tsdb/manifest/manifest-state.ts";
import { VersionPins } from "#tsdb/manifest/version-pins.ts";

export class InstalledBlocks {
  readonly #shard: ShardId;
  readonly #pins = new VersionPins();
  /** One f64 per shard of the node: 64-bit aligned stores are never torn. */
  readonly #oldestInUse: Float64Array;
  #state: ManifestState;

  constructor(shard: ShardId, state: ManifestState, oldestInUse: Float64Array) {
    this.#shard = shard;
    this.#state = state;
    this.#oldestInUse = oldestInUse;
    this.#publish();
  }

  get state(): ManifestState {
    return this.#state;
  }

  /** From now on views read `state`. The samples that it brings leave the head in the same step. */
  install(state: ManifestState): void {
    assert(
      state.version > this.#state.version,
      () => `shard ${this.#shard}: manifest ${state.version} after ${this.#state.version}`,
    );
    this.#state = state;
    this.#publish();
  }

  /** The newest version, readable until disposed; null while there is no block to read. */
  pin(): BlocksAt | null {
    const state = this.#state;
    if (state.blocks.size === 0) return null;
    const pin = this.#pins.pin(state.version);
    this.#publish();
    return {
      version: state.version,
      state,
      [Symbol.dispose]: () => {
        pin[Symbol.dispose]();
        this.#publish();
      },
    };
  }

  #publish(): void {
    this.#oldestInUse[this.#shard] = Math.min(this.#pins.oldest, this.#state.version);
  }
}
