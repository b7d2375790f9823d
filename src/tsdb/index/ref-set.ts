/** A set of series refs in a range, one bit each: refs of old shards are few and far from zero. */
export class RefSet {
  readonly #first: number;
  readonly #end: number;
  readonly #words: Uint32Array;

  /** Takes refs of `[first, end)`. */
  constructor(first: number, end: number) {
    this.#first = first;
    this.#end = Math.max(first, end);
    this.#words = new Uint32Array(Math.ceil((this.#end - first) / 32));
  }

  /** Adds the refs that lie in the range. */
  addAll(refs: Uint32Array): void {
    const words = this.#words;
    for (let i = 0; i < refs.length; i++) {
      const ref = refs[i]!;
      if (ref < this.#first || ref >= this.#end) continue;
      const bit = ref - this.#first;
      words[bit >>> 5]! |= 1 << (bit & 31);
    }
  }

  has(ref: number): boolean {
    if (ref < this.#first || ref >= this.#end) return false;
    const bit = ref - this.#first;
    return ((this.#words[bit >>> 5]! >>> (bit & 31)) & 1) === 1;
  }
}
