/** A set of series refs below a bound, one bit each. */
export class RefSet {
  readonly #bound: number;
  readonly #words: Uint32Array;

  constructor(bound: number) {
    this.#bound = bound;
    this.#words = new Uint32Array(Math.ceil(bound / 32));
  }

  /** Adds the refs that lie below the bound. */
  addAll(refs: Uint32Array): void {
    const words = this.#words;
    for (let i = 0; i < refs.length; i++) {
      const ref = refs[i]!;
      if (ref < this.#bound) words[ref >>> 5]! |= 1 << (ref & 31);
    }
  }

  has(ref: number): boolean {
    return ref < this.#bound && ((this.#words[ref >>> 5]! >>> (ref & 31)) & 1) === 1;
  }
}
