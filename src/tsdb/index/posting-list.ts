/**
 * Series refs in ascending order, growing at the end: refs are issued densely, so adding keeps the
 * order for free.
 */
import { assert } from "#base/assert.ts";

const INITIAL_REFS = 4;

export class PostingList {
  #refs: Uint32Array<ArrayBuffer> = new Uint32Array(INITIAL_REFS);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(ref: number): void {
    assert(
      this.#length === 0 || ref > this.#refs[this.#length - 1]!,
      () => `postings: got ref ${ref} after ${this.#refs[this.#length - 1]}`,
    );
    if (this.#length === this.#refs.length) {
      const grown = new Uint32Array(this.#length * 2);
      grown.set(this.#refs);
      this.#refs = grown;
    }
    this.#refs[this.#length++] = ref;
  }

  /** The refs as a view that the next `add` may leave behind. */
  refs(): Uint32Array {
    return this.#refs.subarray(0, this.#length);
  }
}
