/**
 * Merges the partials of a query along the binary tree of placement prefixes, whatever the order they
 * come in: two siblings are merged when both are there, the left one first; one without a sibling
 * passes as it is. So the bits of a result depend on the placements of its series only, and not on
 * how many shards, workers or nodes worked them out.
 */
import { assert } from "#base/assert.ts";
import type { Pace } from "../pace.ts";
import type { GroupPartial } from "./group-partial.ts";
import { GroupRows } from "./group-rows.ts";
import type { SparePartials } from "./spare-partials.ts";

/**
 * Depth of the leaves, inside of which series are taken in their order: a shard is one of them or
 * holds some of them whole, as long as there are at most 512, the number a cluster begins with.
 */
export const LEAF_BITS = 9;

export class PartialTree {
  readonly #rootBits: number;
  readonly #pace: Pace;
  readonly #spares: SparePartials;
  readonly #rows = new GroupRows();
  /** By depth: partials that wait for their sibling, by prefix. */
  readonly #waiting: Map<number, GroupPartial>[];

  /** Merges up to a prefix of `rootBits` bits, which all of its partials share. */
  constructor(rootBits: number, pace: Pace, spares: SparePartials) {
    this.#rootBits = rootBits;
    this.#pace = pace;
    this.#spares = spares;
    this.#waiting = Array.from({ length: LEAF_BITS + 1 }, () => new Map());
  }

  /** Takes the partial of all series with this prefix over. */
  async add(bits: number, prefix: number, partial: GroupPartial): Promise<void> {
    let depth = bits;
    let at = prefix;
    let merged = partial;
    for (; depth > this.#rootBits; depth--) {
      const waiting = this.#waiting[depth]!;
      const sibling = waiting.get(at ^ 1);
      if (sibling === undefined) break;
      waiting.delete(at ^ 1);
      merged = await this.#merged(at, merged, sibling);
      at >>>= 1;
    }
    assert(!this.#waiting[depth]!.has(at), () => `partials: two of prefix ${at}/${depth}`);
    this.#waiting[depth]!.set(at, merged);
  }

  /** What all of them make, or null when there were none. */
  async finish(): Promise<GroupPartial | null> {
    for (let depth = LEAF_BITS; depth > this.#rootBits; depth--) {
      const alone = [...this.#waiting[depth]!];
      this.#waiting[depth]!.clear();
      // One whose sibling is there was merged when it came.
      for (const [prefix, partial] of alone) await this.add(depth - 1, prefix >>> 1, partial);
    }
    const [root] = this.#waiting[this.#rootBits]!.values();
    this.#waiting[this.#rootBits]!.clear();
    return root ?? null;
  }

  async #merged(prefix: number, one: GroupPartial, other: GroupPartial): Promise<GroupPartial> {
    const [left, right] = (prefix & 1) === 0 ? [one, other] : [other, one];
    await left.merge(right, this.#rows, this.#pace);
    this.#spares.put(right);
    return left;
  }
}
