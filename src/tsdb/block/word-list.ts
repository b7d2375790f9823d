/** A growing column of u32. */
const INITIAL_WORDS = 1024;

export class WordList {
  #words: Uint32Array<ArrayBuffer> = new Uint32Array(INITIAL_WORDS);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(word: number): void {
    if (this.#length === this.#words.length) {
      const grown = new Uint32Array(2 * this.#length);
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#words[this.#length++] = word;
  }

  at(index: number): number {
    return this.#words[index]!;
  }

  /** A view that the next `push` may leave behind. */
  words(): Uint32Array<ArrayBuffer> {
    return this.#words.subarray(0, this.#length);
  }
}
