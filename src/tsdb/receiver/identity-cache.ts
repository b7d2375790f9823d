/**
 * What a receiver knows about each raw label set it has seen: the shard it belongs to, the ref the
 * shard gave it, or that its labels are not acceptable (the only verdict worth caching, because it
 * is permanent). A cache: dropping it costs one round of labels, never correctness.
 */
import type { ShardId } from "#model/refs.ts";

export const IDENTITY_UNPLACED = 0;
export const IDENTITY_PLACED = 1;
export const IDENTITY_INVALID = 2;

const CAPACITY_INITIAL = 1024;

export class IdentityCache {
  #state = new Uint8Array(CAPACITY_INITIAL);
  #shard = new Uint16Array(CAPACITY_INITIAL);
  #ref = new Uint32Array(CAPACITY_INITIAL);
  /** Generation of the shard that issued `ref`, 0 = no ref yet. */
  #generation = new Uint32Array(CAPACITY_INITIAL);
  readonly #invalid = new Map<number, string>();
  /** Changes with `clear`, so that late answers for old ids are recognised. */
  epoch = 1;

  /** Makes room for ids below `count`. */
  reserve(count: number): void {
    if (count <= this.#state.length) return;
    const capacity = Math.max(count, 2 * this.#state.length);
    const state = new Uint8Array(capacity);
    state.set(this.#state);
    this.#state = state;
    const shard = new Uint16Array(capacity);
    shard.set(this.#shard);
    this.#shard = shard;
    const ref = new Uint32Array(capacity);
    ref.set(this.#ref);
    this.#ref = ref;
    const generation = new Uint32Array(capacity);
    generation.set(this.#generation);
    this.#generation = generation;
  }

  state(id: number): number {
    return this.#state[id]!;
  }

  shard(id: number): number {
    return this.#shard[id]!;
  }

  ref(id: number): number {
    return this.#ref[id]!;
  }

  generation(id: number): number {
    return this.#generation[id]!;
  }

  place(id: number, shard: ShardId): void {
    this.#state[id] = IDENTITY_PLACED;
    this.#shard[id] = shard;
    this.#generation[id] = 0;
  }

  setRef(id: number, ref: number, generation: number): void {
    this.#ref[id] = ref;
    this.#generation[id] = generation;
  }

  reject(id: number, reason: string): void {
    this.#state[id] = IDENTITY_INVALID;
    this.#invalid.set(id, reason);
  }

  rejection(id: number): string {
    return this.#invalid.get(id) ?? "";
  }

  clear(): void {
    this.#state.fill(0);
    this.#invalid.clear();
    this.epoch++;
  }
}
